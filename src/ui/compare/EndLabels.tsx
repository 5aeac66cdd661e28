/** Names at the end of the lines, in the arm's text colour, moved apart where they would meet; and the end markers. */
import type { Ends, Series } from './chartModel.ts';
import { useComparedTitle } from '../useComparedTitle.ts';

interface EndLabelsProps {
  readonly ends: Partial<Record<Series, Ends>>;
  readonly value: (value: number) => string;
  /** Most seeds in any mean: a label over fewer says so. */
  readonly seeds: number;
  /** The backbone is on the chart: name both phases at the top. */
  readonly parts: boolean;
  readonly area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const names: Readonly<Record<Series, string>> = { backbone: 'Backbone', baseline: 'Baseline', inmerge: 'InMerge' };

export function EndLabels({ ends, value, seeds, parts, area, x, y }: EndLabelsProps) {
  const namesNow = { ...names, inmerge: useComparedTitle() };
  const shown: readonly Series[] =
    ends.baseline === undefined && ends.inmerge === undefined ? ['backbone'] : ['inmerge', 'baseline'];
  const labels = shown.flatMap((series) => {
    const end = ends[series];
    if (end === undefined) return [];
    const last = end.few ?? end;
    const fewer = last.n < seeds;
    return [{ series, y: y(last.y), text: value(last.y), note: fewer ? `${last.n} of ${seeds} seeds` : null }];
  });
  labels.sort((a, b) => a.y - b.y);
  const top = area.y + 4;
  const bottom = area.y + area.height;
  const [upper, lower] = labels;
  if (upper !== undefined && lower !== undefined) {
    const needed = upper.note === null ? 15 : 28;
    const missing = Math.max(0, needed - (lower.y - upper.y));
    const lowest = bottom - (lower.note === null ? 0 : 13);
    upper.y = Math.min(Math.max(top, upper.y - missing / 2), lowest - needed);
    lower.y = Math.min(lowest, Math.max(lower.y + missing / 2, upper.y + needed));
  } else if (upper !== undefined) upper.y = Math.min(bottom, Math.max(top, upper.y));
  const x0 = x(0);
  return (
    <g className="end-labels">
      {parts && (
        <>
          <text x={x0 - 6} y={area.y - 8} textAnchor="end" className="q">
            backbone
          </text>
          <text x={x0 + 6} y={area.y - 8}>
            {area.x + area.width - x0 > 150 ? 'fine-tuning, both arms from one checkpoint' : 'fine-tuning'}
          </text>
          <line x1={x0} x2={x0} y1={area.y - 18} y2={area.y} stroke="var(--ink-2)" />
        </>
      )}
      {(['baseline', 'inmerge'] as const).map((series) => {
        const end = ends[series];
        if (end === undefined) return null;
        const [endX, endY] = [x(end.x), y(end.y)];
        return series === 'baseline' ? (
          <circle key={series} cx={endX} cy={endY} r={4.5} fill="var(--baseline)" stroke="var(--surface)" />
        ) : (
          <rect key={series} x={endX - 4} y={endY - 4} width={8} height={8} fill="var(--inmerge)" stroke="var(--surface)" />
        );
      })}
      {labels.map((label) => (
        <text key={label.series} x={area.x + area.width + 10} y={label.y + 4} className={`label-${label.series}`}>
          <tspan>
            {namesNow[label.series]} {label.text}
          </tspan>
          {label.note !== null && (
            <tspan x={area.x + area.width + 10} dy="13" className="label-note">
              {label.note}
            </tspan>
          )}
        </text>
      ))}
    </g>
  );
}
