/** Values at the crosshair, with the number of seeds behind each. */
import type { ChartRow, Series } from './chartModel.ts';

interface ChartTooltipProps {
  readonly full: (value: number) => string;
  readonly backboneEpochs: number;
  /** Given by recharts. */
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: ChartRow }[];
}

const names: Readonly<Record<Series, string>> = { backbone: 'Backbone', baseline: 'Baseline', inmerge: 'InMerge' };

export function ChartTooltip({ full, backboneEpochs, active, payload }: ChartTooltipProps) {
  const row = payload?.[0]?.payload;
  if (active !== true || row === undefined) return null;
  const epoch = (x: number) => (Number.isInteger(x) ? String(x) : x.toFixed(2));
  return (
    <div className="tooltip">
      <p className="q">{row.x < 0 ? `backbone epoch ${epoch(backboneEpochs + row.x)}` : `fine-tuning epoch ${epoch(row.x)}`}</p>
      {(['backbone', 'baseline', 'inmerge'] as const).map((series) => {
        const value = row[series] ?? (series === 'backbone' ? undefined : row[`${series}Few`]);
        const n = row.n[series];
        return value === undefined ? null : (
          <p key={series} className={`label-${series}`}>
            {names[series]} <b>{full(value)}</b>
            {n !== undefined && n > 1 && <span className="q"> {n} seeds</span>}
          </p>
        );
      })}
    </div>
  );
}
