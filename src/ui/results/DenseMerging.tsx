/** Where so much merged that a layer's kernels run together: what was seen, and what would thin it out. */
import type { Results } from '../../store/comparison.ts';
import { tauText, type Tau } from '../../recipe/arms.ts';
import { integer, percent, points } from '../numbers.ts';

/** Share of tries that merged, and loss of accuracy, from which on the note is shown. */
const denseShare = 0.2;
const clearLoss = -0.05;

export function DenseMerging({ results, tau }: { results: Results; tau: Tau }) {
  const inmerge = results.arms.find((arm) => arm.merges);
  const difference = results.accuracy?.mean ?? 0;
  if (inmerge === undefined || inmerge.tried === null || inmerge.tried === 0) return null;
  const share = inmerge.mergeCount / inmerge.tried;
  if (share < denseShare || difference > clearLoss) return null;
  return (
    <section className="panel panel-note" data-testid="dense-merging">
      <p className="b">
        {percent(share, 0)} of {integer(inmerge.tried)} tries merged, and InMerge lost {points(-difference).replace('+', '')} pp
      </p>
      <p className="q2">
        At τ {tauText(tau)} merging can feed itself: merged kernels grow more alike, so that more of them merge. The Kernels tab
        shows what became alike. Raise τ, keep a larger share α, or leave more layers out.
      </p>
    </section>
  );
}
