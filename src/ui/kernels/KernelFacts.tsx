/** One chosen kernel, or the kernels of a cluster, in figures: beside the map, where a pair would be. */
import { useMemo } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import { numbersAt } from '../../store/layerSeries.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { integer, percent, plural, similarity } from '../numbers.ts';
import { Term } from '../parts/Term.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { KernelTile } from './KernelTile.tsx';
import { basisText, usePictures } from './usePictures.ts';

interface KernelFactsProps {
  readonly shown: ShownSimilarity;
  readonly looked: LookedAt;
  readonly layer: number;
  readonly kernels: readonly number[];
}

const nearestShown = 5;
const namesShown = 24;

export function OneKernel({ shown, looked, layer, kernels }: KernelFactsProps) {
  const record = useStudio((state) => state.record);
  const { select } = useActions();
  const { lower } = shown;
  const n = lower.kernels;
  const kernel = Math.min(n - 1, kernels[0] ?? 0);
  const { pictures } = usePictures(looked, layer, looked.lower);
  const nearest = useMemo(
    () =>
      Array.from({ length: n }, (_, other) => ({ other, value: lower.values[kernel * n + other] ?? 0 }))
        .filter(({ other }) => other !== kernel)
        .sort((a, b) => b.value - a.value)
        .slice(0, nearestShown),
    [lower, kernel, n],
  );
  const moved =
    record === null
      ? null
      : (numbersAt(record, { seed: looked.seed, arm: looked.lower, epoch: looked.epoch }, layer)?.moved ?? null);
  const length = pictures === null ? 0 : pictures.colours.length / n;
  return (
    <div className="pair-chosen" data-testid="kernel-facts">
      <h2>
        Kernel K<sub>{kernel}</sub>
      </h2>
      {pictures !== null && (
        <div className="tiles">
          <KernelTile
            colours={pictures.colours.subarray(kernel * length, (kernel + 1) * length)}
            scale={pictures.basis.scale}
            label={`${armTitle(pictures.arm)}, epoch ${pictures.epoch}`}
            name={`Kernel ${kernel}`}
          />
          <p className="xs q tiles-note">
            <Term name="colours">{basisText(pictures.basis)}</Term>
          </p>
        </div>
      )}
      <dl className="facts">
        {moved !== null && (
          <>
            <dt>
              <Term name="moved">Moved since the backbone</Term>
            </dt>
            <dd>{percent(moved[kernel] ?? 0)}</dd>
          </>
        )}
        <dt>Most alike</dt>
        <dd>
          {nearest.map(({ other, value }) => (
            <button key={other} type="button" className="link near" onClick={() => select({ kernels: [kernel, other] })}>
              K<sub>{other}</sub> {similarity(value)}
            </button>
          ))}
        </dd>
      </dl>
    </div>
  );
}

export function Cluster({ shown, kernels }: Pick<KernelFactsProps, 'shown' | 'kernels'>) {
  const { select } = useActions();
  const { upper, lower } = shown;
  const n = lower.kernels;
  const own = useMemo(() => kernels.filter((kernel) => kernel < n), [kernels, n]);
  const mean = (values: Float32Array) => {
    let sum = 0;
    for (const i of own) for (const j of own) if (i < j) sum += values[i * n + j] ?? 0;
    return sum / Math.max(1, (own.length * (own.length - 1)) / 2);
  };
  return (
    <div className="pair-chosen" data-testid="cluster-facts" data-kernels={own.length}>
      <h2>
        {plural(own.length, 'kernel')}{' '}
        <button type="button" className="link" onClick={() => select({ kernels: [] })}>
          Clear
        </button>
      </h2>
      <dl className="facts">
        <dt>Mean similarity, {armTitle(lower.run.arm)}</dt>
        <dd>
          <b>{similarity(mean(lower.values))}</b>
        </dd>
        {upper !== lower && (
          <>
            <dt>{armTitle(upper.run.arm)}</dt>
            <dd>{similarity(mean(upper.values))}</dd>
          </>
        )}
        <dt>Pairs among them</dt>
        <dd>{integer((own.length * (own.length - 1)) / 2)}</dd>
      </dl>
      <p className="xs q2 cluster-names">
        {own.slice(0, namesShown).map((kernel) => (
          <button key={kernel} type="button" className="link near" onClick={() => select({ kernels: [kernel] })}>
            K<sub>{kernel}</sub>
          </button>
        ))}
        {own.length > namesShown && ` and ${own.length - namesShown} more`}
      </p>
    </div>
  );
}
