/** The convolutions, each with the share of its pairs above τ by epoch in either arm; the chosen one is shown. */
import { useMemo } from 'react';
import { layerSeries, numbersAt } from '../../store/layerSeries.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import { percent } from '../numbers.ts';
import { useActions, useStudio } from '../studioContext.ts';
import { Sparkline } from './Sparkline.tsx';

interface LayerListProps {
  readonly titles: readonly string[];
  readonly looked: LookedAt | null;
}

export function LayerList({ titles, looked }: LayerListProps) {
  const record = useStudio((state) => state.record);
  const revision = useStudio((state) => state.revision);
  const chosen = useStudio((state) => state.selection.layer);
  const { select } = useActions();
  const rows = useMemo(() => {
    if (record === null || looked === null || revision < 0) return [];
    const { seed, upper, lower, epoch, lastEpoch } = looked;
    return titles.map((title, layer) => {
      const now = numbersAt(record, { seed, arm: lower, epoch }, layer);
      const pairs = now === null ? 0 : (now.kernels * (now.kernels - 1)) / 2;
      return {
        title,
        pairs,
        share: now === null || pairs === 0 ? null : now.pairsAbove / pairs,
        upper: layerSeries(record, { seed, arm: upper }, layer, 'pairsAbove'),
        lower: lower === upper ? [] : layerSeries(record, { seed, arm: lower }, layer, 'pairsAbove'),
        lastEpoch,
      };
    });
  }, [record, looked, revision, titles]);
  if (record === null) return null;
  const share = (points: readonly { readonly value: number }[], pairs: number) =>
    points.map((point) => (pairs === 0 ? 0 : point.value / pairs));
  const most = Math.max(0, ...rows.flatMap((row) => [...share(row.upper, row.pairs), ...share(row.lower, row.pairs)]));
  return (
    <nav className="layers" aria-label="Layers">
      <header className="kernels-head">
        <h2>Layers</h2>
        <span className="scope end">pairs above τ</span>
      </header>
      <ul>
        {titles.map((title, index) => {
          const row = rows[index];
          const merges = record.started.mergedLayers.includes(index);
          const firstOfBlock = index > 0 && title.split('_')[0] !== titles[index - 1]?.split('_')[0];
          return (
            <li key={title} className={firstOfBlock ? 'first' : undefined}>
              <button
                type="button"
                aria-current={index === chosen}
                className={merges ? undefined : 'off'}
                title={merges ? `${title}: its kernels merge` : `${title}: skipped, its kernels do not merge`}
                onClick={() => select({ layer: index })}
              >
                <span>{title}</span>
                {row === undefined ? (
                  <span />
                ) : (
                  <Sparkline upper={row.upper} lower={row.lower} most={most * row.pairs} epochs={row.lastEpoch} />
                )}
                <span className="num">
                  {row?.share === undefined || row.share === null
                    ? '–'
                    : percent(row.share, row.share < 0.001 && row.share > 0 ? 2 : 1)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
