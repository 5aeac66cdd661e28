/** Values at the crosshair, the highest first, with the number of seeds behind each. */
import { use } from 'react';
import { isBanded, mostColoured } from '../../report/looks.ts';
import type { CurvePoint } from '../../store/curves.ts';
import { listedValues, type ChartRow, type LineLook } from './chartModel.ts';
import { plural } from '../numbers.ts';
import { DrawnContext, RaisedContext } from './drawn.ts';
import { LineKey } from './LineKey.tsx';
import { labelClass } from './lineStyle.ts';

interface ChartTooltipProps {
  readonly full: (value: number) => string;
  readonly backboneEpochs: number;
  /** Of the chart, in pixels: no more values than fit. */
  readonly height: number;
  /** Given by recharts. */
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: ChartRow }[];
}

/** Of a line of the list, and of what stands around them. */
const lineHeight = 16;
const aroundLines = 78;

/** Lines with a band have its edges beside their mean. */
const isRanged = (look: LineLook, { low, high }: CurvePoint): boolean => look !== 'backbone' && isBanded(look) && low !== high;

export function ChartTooltip({ full, backboneEpochs, height, active, payload }: ChartTooltipProps) {
  const { arm: raised } = use(RaisedContext);
  const banded = use(DrawnContext)?.banded === true;
  const row = payload?.[0]?.payload;
  if (active !== true || row === undefined) return null;
  const epoch = (x: number) => (Number.isInteger(x) ? String(x) : x.toFixed(2));
  const most = Math.max(3, Math.min(12, Math.floor((height - aroundLines) / lineHeight)));
  const { listed, left } = listedValues(row.values, raised, most);
  const seeds = listed[0]?.point.n ?? 0;
  // Beside very many lines it would hide them.
  const ranged = banded && row.values.length <= mostColoured + 1 && listed.some(({ line, point }) => isRanged(line.look, point));
  const trained = listed.some(({ training }) => training !== null);
  const alike = listed.every(({ point }) => point.n === seeds);
  return (
    <div className="tooltip" data-testid="crosshair" data-x={row.x}>
      <p className="q">
        {row.x < 0 ? `backbone epoch ${epoch(backboneEpochs + row.x)}` : `fine-tuning epoch ${epoch(row.x)}`}
        {alike && seeds > 1 && `, ${seeds} seeds`}
      </p>
      <table>
        {trained && (
          <thead>
            <tr>
              <th scope="col" className="q">
                accuracy
              </th>
              <th scope="col" className="q" colSpan={ranged ? 2 : 1}>
                validation
              </th>
              <th scope="col" className="q">
                training
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {listed.map(({ line, point, training }) => (
            <tr key={line.name} data-arm={line.name} className={line.name === raised ? 'raised' : undefined}>
              <th scope="row" className={labelClass(line.look)}>
                <LineKey look={line.look} />
                {line.title}
              </th>
              <td className="num">{full(point.mean)}</td>
              {ranged && <td className="q num">{isRanged(line.look, point) && `${full(point.low)} – ${full(point.high)}`}</td>}
              {trained && <td className="q num">{training === null ? '–' : full(training.mean)}</td>}
              {!alike && <td className="q">{plural(point.n, 'seed')}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="q">and {left} more</p>}
    </div>
  );
}
