/** A pair as in the paper's Fig. 1: both kernels, their blend and their difference, with figures and the way over the run. */
import { useCallback, useMemo } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import { kernelNorms } from '../../store/kernelNorms.ts';
import { mergingOf } from '../../store/layerSeries.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import type { PairIndex } from '../../store/selection.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { plural, similarity } from '../numbers.ts';
import { Term } from '../parts/Term.tsx';
import { useFromRecord, useKernelMaps, useStudio } from '../studioContext.ts';
import { KernelTile } from './KernelTile.tsx';
import { PairTimeline } from './PairTimeline.tsx';
import { useAsked } from './useAsked.ts';
import { basisText, usePictures } from './usePictures.ts';

interface PairFigureProps {
  readonly shown: ShownSimilarity;
  readonly looked: LookedAt;
  readonly pair: PairIndex;
  readonly tau: number;
  readonly layer: number;
}

const symbol = (kernel: number) => (
  <>
    K<sub>{kernel}</sub>
  </>
);

export function PairFigure({ shown, looked, pair, tau, layer }: PairFigureProps) {
  const alpha = useStudio((state) => (state.record === null ? 1 : mergingOf(state.record, looked.lower).alpha));
  const maps = useKernelMaps();
  const { i, j } = pair;
  const { upper, lower } = shown;
  const n = lower.kernels;
  const { pictures } = usePictures(looked, layer, looked.lower);
  const ofPair = useCallback((kept: ExperimentRecord) => kept.log.ofPair(layer, i, j), [layer, i, j]);
  const merged = useFromRecord(ofPair);
  const { value: norms } = useAsked(JSON.stringify([looked.seed, looked.lower, looked.epoch, layer]), async () => {
    const kernels = await maps.kernels({ seed: looked.seed, arm: looked.lower, epoch: looked.epoch }, layer);
    return kernels === null ? null : kernelNorms(kernels);
  });
  const tiles = useMemo(() => {
    if (pictures === null) return null;
    const length = pictures.colours.length / n;
    const of = (kernel: number) => pictures.colours.subarray(kernel * length, (kernel + 1) * length);
    const [a, b] = [of(i), of(j)];
    return {
      a,
      b,
      blend: a.map((value, k) => alpha * value + (1 - alpha) * (b[k] ?? 0)),
      difference: a.map((value, k) => value - (b[k] ?? 0)),
    };
  }, [pictures, n, i, j, alpha]);
  const at = i * n + j;
  const own = lower.values[at] ?? 0;
  return (
    <div className="pair-chosen" data-testid="pair-figure" data-pair={`${i},${j}`}>
      <h2>
        Pair {symbol(i)}, {symbol(j)}
      </h2>
      {tiles !== null && pictures !== null && (
        <>
          <div className="tiles">
            <KernelTile colours={tiles.a} scale={pictures.basis.scale} label={symbol(i)} name={`Kernel ${i}`} />
            <KernelTile colours={tiles.b} scale={pictures.basis.scale} label={symbol(j)} name={`Kernel ${j}`} />
            <KernelTile
              colours={tiles.blend}
              scale={pictures.basis.scale}
              label="Blend"
              name={`Blend of kernels ${i} and ${j}`}
            />
            <KernelTile
              colours={tiles.difference}
              scale={pictures.basis.scale}
              label="Difference"
              name={`Kernel ${i} minus kernel ${j}`}
            />
          </div>
          <p className="xs q">
            {armTitle(pictures.arm)}, epoch {pictures.epoch}. <Term name="colours">{basisText(pictures.basis)}</Term>
          </p>
        </>
      )}
      <p className="formula">
        {symbol(i)} ← {alpha.toFixed(2)} {symbol(i)} + {(1 - alpha).toFixed(2)} {symbol(j)}
      </p>
      <dl className="facts">
        <dt>
          <Term name="similarity">Cosine similarity</Term>, {armTitle(lower.run.arm)}
        </dt>
        <dd>
          <b>{similarity(own)}</b> {own > tau ? 'above' : 'not above'} τ {similarity(tau)}
        </dd>
        {upper !== lower && (
          <>
            <dt>Same pair, {armTitle(upper.run.arm)}</dt>
            <dd>{similarity(upper.values[at] ?? 0)}</dd>
          </>
        )}
        {norms !== null && (
          <>
            <dt>
              <Term name="norm">Lengths</Term>
            </dt>
            <dd>
              {(norms[i] ?? 0).toFixed(2)}, {(norms[j] ?? 0).toFixed(2)}
            </dd>
          </>
        )}
        <dt>Merged</dt>
        <dd>
          {merged === null || merged.times === 0
            ? 'not yet'
            : `${plural(merged.times, 'time')}${merged.last === null ? '' : `, last at step ${merged.last.step}`}`}
        </dd>
      </dl>
      <PairTimeline looked={looked} layer={layer} pair={pair} />
    </div>
  );
}
