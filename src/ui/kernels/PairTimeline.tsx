/** The similarity of a pair over the epochs that are kept, in both arms, with τ. */
import { useMemo } from 'react';
import type { CurvePoint } from '../../store/curves.ts';
import { pairSimilarity } from '../../store/kernelNorms.ts';
import { epochOfHalf, type LookedAt } from '../../store/lookedAt.ts';
import type { PairIndex } from '../../store/selection.ts';
import { armTitle } from '../../recipe/arms.ts';
import { twoCurves } from '../compare/chartModel.ts';
import { CurveChart } from '../compare/CurveChart.tsx';
import { similarity } from '../numbers.ts';
import { useKernelMaps } from '../studioContext.ts';
import { useAsked } from './useAsked.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

const none: readonly CurvePoint[] = [];
const point = (x: number, mean: number): CurvePoint => ({ x, mean, low: mean, high: mean, n: 1 });

export function PairTimeline({ looked, layer, pair }: { looked: LookedAt; layer: number; pair: PairIndex }) {
  const maps = useKernelMaps();
  const { seed, upper, lower, lastEpoch } = looked;
  const epochs = [...new Set([...looked.epochs, epochOfHalf(looked, upper)])].sort((a, b) => a - b);
  const key = JSON.stringify([seed, upper, lower, epochs, layer, pair.i, pair.j]);
  const { value } = useAsked(key, async () => {
    const of = async (arm: string | null) => {
      const points: CurvePoint[] = [];
      for (const epoch of epochs) {
        const kernels = await maps.kernels({ seed, arm, epoch }, layer);
        if (kernels !== null && pair.i < kernels.kernels && pair.j < kernels.kernels)
          points.push(point(epoch, pairSimilarity(kernels, pair.i, pair.j)));
      }
      return points;
    };
    return { upper: await of(upper), lower: lower === upper ? none : await of(lower) };
  });
  const curves = useMemo(
    () =>
      lower === null
        ? { backbone: value?.upper ?? none, lines: [] }
        : {
            backbone: none,
            lines: twoCurves(
              { title: armTitle(upper), points: value?.upper ?? none },
              lower === upper ? null : { title: armTitle(lower), points: value?.lower ?? none },
            ),
          },
    [value, upper, lower],
  );
  return (
    <div className="pair-timeline" data-testid="pair-timeline" data-points={value?.lower.length ?? 0}>
      <h3>
        Similarity of this pair <span className="scope">by {lower === null ? 'backbone' : 'fine-tuning'} epoch</span>
      </h3>
      <div className="pair-chart">
        <CurveChart
          name="Similarity of the pair"
          curves={curves}
          from={0}
          to={lastEpoch}
          backboneEpochs={0}
          scale={1}
          value={similarity}
          full={similarity}
          floor={-1}
          ceiling={1}
          unit=""
          bands="none"
          none="Its kernels are not kept."
        />
      </div>
      {value !== null && (
        <table className="vh">
          <caption>Similarity of the pair by epoch</caption>
          <thead>
            <ColumnHeads
              columns={[{ title: 'Epoch' }, { title: armTitle(upper) }, { title: lower === upper ? '' : armTitle(lower) }]}
            />
          </thead>
          <tbody>
            {value.upper.map((each, k) => (
              <tr key={each.x}>
                <td>{each.x}</td>
                <td>{similarity(each.mean)}</td>
                <td>{similarity(value.lower[k]?.mean ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
