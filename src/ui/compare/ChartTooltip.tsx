/** Values at the crosshair, with the number of seeds behind each. */
import { useComparedTitle } from '../useComparedTitle.ts';
import { allSeries, type ChartRow, type Series } from './chartModel.ts';

interface ChartTooltipProps {
  readonly full: (value: number) => string;
  readonly backboneEpochs: number;
  /** Given by recharts. */
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: ChartRow }[];
}

const names: Readonly<Record<Series, string>> = { backbone: 'Backbone', baseline: 'Baseline', inmerge: 'InMerge' };

export function ChartTooltip({ full, backboneEpochs, active, payload }: ChartTooltipProps) {
  const merging = useComparedTitle();
  const row = payload?.[0]?.payload;
  if (active !== true || row === undefined) return null;
  const epoch = (x: number) => (Number.isInteger(x) ? String(x) : x.toFixed(2));
  return (
    <div className="tooltip">
      <p className="q">{row.x < 0 ? `backbone epoch ${epoch(backboneEpochs + row.x)}` : `fine-tuning epoch ${epoch(row.x)}`}</p>
      {allSeries.map((series) => {
        const point = row.values[series];
        return point === undefined ? null : (
          <p key={series} className={`label-${series}`}>
            {series === 'inmerge' ? merging : names[series]} <b>{full(point.mean)}</b>
            {point.n > 1 && <span className="q"> {point.n} seeds</span>}
          </p>
        );
      })}
    </div>
  );
}
