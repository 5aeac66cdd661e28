/** Goes through the epochs whose kernels can be shown: by hand, or played. The right end follows the experiment. */
import { useEffect, useState } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import type { KeptKernels } from '../../store/state.ts';
import { isRunning } from '../../store/status.ts';
import { bytes } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { useActions, useStudio } from '../studioContext.ts';

/** Time of an epoch when played; longer where its map is not there yet. */
const playMs = 700;

export function EpochScrubber({ looked, pending }: { looked: LookedAt; pending: boolean }) {
  const { select } = useActions();
  const kept = useStudio((state) => state.kept);
  const live = useStudio((state) => isRunning(state.status));
  const follows = useStudio((state) => state.selection.epoch === null);
  const [playing, setPlaying] = useState(false);
  const { epoch, epochs, lastEpoch, lower, upper, upperEpoch } = looked;
  const at = epochs.indexOf(epoch);
  const goTo = (index: number) => {
    const next = epochs[index];
    if (next !== undefined) select({ epoch: index === epochs.length - 1 ? null : next });
  };

  useEffect(() => {
    if (!playing || pending) return undefined;
    const timer = setTimeout(() => {
      goTo(at + 1);
      if (at + 1 >= epochs.length - 1) setPlaying(false);
    }, playMs);
    return () => clearTimeout(timer);
  });

  const play = () => {
    if (playing) {
      setPlaying(false);
      return;
    }
    if (at === epochs.length - 1) goTo(0);
    setPlaying(true);
  };
  const phase = lower === null ? 'backbone' : 'fine-tuning';
  return (
    <div className="scrubber" data-testid="scrubber" data-epochs={epochs.join(' ')} data-epoch={epoch}>
      <button
        type="button"
        className="btn btn-28"
        aria-label={playing ? 'Pause' : 'Play the epochs'}
        onClick={play}
        disabled={epochs.length < 2}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <input
        type="range"
        aria-label={`Epoch of ${phase}`}
        aria-valuetext={`epoch ${epoch} of ${lastEpoch}`}
        min={0}
        max={Math.max(0, epochs.length - 1)}
        step={1}
        value={at}
        disabled={epochs.length < 2}
        onChange={(event) => {
          setPlaying(false);
          goTo(Number(event.target.value));
        }}
      />
      <span className="scrubber-at">
        {phase} epoch <b>{epoch}</b> of {lastEpoch}
        {upperEpoch !== undefined && ` (${armTitle(upper)}: ${upperEpoch})`}
        {live && follows && ' · live'}
        {pending && ' · computing'}
      </span>
      <span className="xs q scrubber-kept">{keptText(kept)}</span>
    </div>
  );
}

function keptText({ bytes: held, epochs, error, plan }: KeptKernels): string {
  const planned = plan?.bytes ?? null;
  if (error !== null) return 'storage is full: later epochs are not kept';
  if (held === 0 && epochs.length > 0) return 'the selected epoch of each run: its weights came with the results';
  if (held === 0) return 'only the latest epoch: no kernels are kept';
  const all = planned !== null && planned > held ? ` of ${bytes(planned)}` : '';
  return `kernels of past epochs: ${bytes(held)}${all} on this machine, 8 bits a weight`;
}
