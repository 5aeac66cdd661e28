/** Where no merge happened: the highest similarity that was seen, and what would change that. */
import { merging } from '../../store/merging.ts';
import { isRunning } from '../../store/status.ts';
import { tauText } from '../../recipe/arms.ts';
import { integer, similarity } from '../numbers.ts';
import { Symbols } from '../parts/Symbols.tsx';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';

export function NoMerges() {
  const record = useStudio((state) => state.record);
  const running = useStudio((state) => isRunning(state.status));
  const { choose } = useActions();
  const counts = useFromRecord(merging);
  if (record === null || counts === null) return null;
  const { tau, p } = record.started.recipe.merging;
  const highest = counts.highest;
  const lower = highest === null ? null : Math.floor((highest - 0.02) * 20) / 20;
  return (
    <div className="no-merges" data-testid="no-merges">
      <p className="b">
        {highest === null
          ? 'No pair was tried.'
          : `No pair was above τ ${tauText(tau)}; the highest similarity seen was ${similarity(highest)}.`}
      </p>
      <p className="q2">
        <Symbols
          text={
            highest === null
              ? `The chance to try is p ${p.toFixed(2)}: raise it, so that kernels draw partners.`
              : `${integer(counts.tried)} pairs were tried. Lower τ below ${similarity(highest)}, or merge earlier layers with L_s; without merges both arms train alike.`
          }
        />
      </p>
      {lower !== null && lower > -1 && (
        <button type="button" className="btn btn-28" onClick={() => choose('merging.tau', Number(lower.toFixed(2)))}>
          Set τ to {similarity(lower)}
          {running ? ' for the next experiment' : ''}
        </button>
      )}
    </div>
  );
}
