/** Foot: where the data is, and the counters of the run. */
import { progressOf } from '../../store/status.ts';
import { bytes, compact, integer } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { useStudio } from '../studioContext.ts';
import { SavedNote } from './SavedNote.tsx';

export function Foot() {
  const counters = useStudio((state) => state.counters);
  const rate = useStudio((state) => progressOf(state.status)?.imagesPerSecond ?? null);
  const parameters = useStudio((state) => state.record?.started.trainableParameters ?? null);
  return (
    <footer
      className="foot"
      data-testid="counters"
      data-tensors={counters?.tensors}
      data-tensor-bytes={counters?.tensorBytes}
      data-gpu-bytes={counters?.gpuBytes ?? undefined}
    >
      <span>
        <Icon name="lock" />
        Nothing leaves this tab
      </span>
      <SavedNote />
      {rate !== null && <span>{integer(rate)} images/s</span>}
      {parameters !== null && <span>{compact(parameters)} trainable parameters</span>}
      {counters !== null && (
        <span className="wide-only">
          {integer(counters.tensors)} tensors, {bytes(counters.tensorBytes)}
        </span>
      )}
      {counters !== null && counters.gpuBytes !== null && (
        <span className="wide-only">GPU memory {bytes(counters.gpuBytes)}</span>
      )}
    </footer>
  );
}
