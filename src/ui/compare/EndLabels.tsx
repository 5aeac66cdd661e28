/** Names at the end of the lines, moved apart where they would meet and led to where they belong; and the end markers. */
import type { DrawnLine } from './chartModel.ts';
import { endPlaces } from './endPlaces.ts';
import { labelClass, lineStyle, markPath, stackingOf } from './lineStyle.ts';

interface EndLabelsProps {
  readonly lines: readonly DrawnLine[];
  /** The arm that is pointed at: it has its name even where it is grey. */
  readonly raised: string | null;
  readonly value: (value: number) => string;
  /** Most seeds in any mean: a label over fewer says so. */
  readonly seeds: number;
  /** The backbone is on the chart: name both phases at the top. */
  readonly parts: boolean;
  readonly area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const lineHeight = 13;
/** Room between the plot and the names, where leaders run. */
const leader = 14;

export function EndLabels({ lines, raised, value, seeds, parts, area, x, y }: EndLabelsProps) {
  const ended = lines.flatMap(({ end, ...line }) => (end === null ? [] : [{ ...line, end, last: end.few ?? end }]));
  const arms = ended.filter(({ look }) => look !== 'backbone').toSorted((a, b) => stackingOf(a.look) - stackingOf(b.look));
  const named = arms.length === 0 ? ended : arms.filter(({ look, name }) => look !== 'faint' || name === raised);
  const few = named.length <= 2;
  const labels = named
    .map((line) => {
      const fewer = line.last.n < seeds && few;
      return { ...line, at: y(line.last.y), note: fewer ? `${line.last.n} of ${seeds} seeds` : null };
    })
    .sort((a, b) => a.at - b.at);
  const places = endPlaces(
    labels.map(({ at, note }) => ({
      y: at - lineHeight / 2,
      height: (few ? lineHeight + 2 : lineHeight) + (note === null ? 0 : 13),
    })),
    area.y - 3,
    area.y + area.height + 6,
  );
  const x0 = x(0);
  const right = area.x + area.width;
  return (
    <g className="end-labels">
      {parts && (
        <>
          <text x={x0 - 6} y={area.y - 8} textAnchor="end" className="q">
            backbone
          </text>
          <text x={x0 + 6} y={area.y - 8}>
            {right - x0 > 150 ? `fine-tuning, ${lines.length > 3 ? 'all' : 'both'} arms from one checkpoint` : 'fine-tuning'}
          </text>
          <line x1={x0} x2={x0} y1={area.y - 18} y2={area.y} stroke="var(--ink-2)" />
        </>
      )}
      {arms.map(({ name, look, end }) => {
        const { colour, mark } = lineStyle(look);
        return mark === 'none' ? null : (
          <path key={name} d={markPath(mark, x(end.x), y(end.y))} fill={colour} stroke="var(--surface)" />
        );
      })}
      {labels.map(({ name, title, look, at, last, note }, k) => {
        const top = places[k] ?? at;
        const middle = top + lineHeight / 2;
        const text = value(last.y);
        return (
          <g key={name}>
            {!few && (
              <path
                className="end-leader"
                d={`M${right + 2} ${at}L${right + leader - 3} ${middle}`}
                stroke={look === 'faint' ? 'var(--ink)' : lineStyle(look).colour}
              />
            )}
            <text x={right + (few ? 10 : leader)} y={middle + 4} className={labelClass(look)}>
              <tspan>
                {shortened(title, few ? 16 : mostLetters)} {text}
              </tspan>
              {note !== null && (
                <tspan x={right + 10} dy="13" className="label-note">
                  {note}
                </tspan>
              )}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** Letters of a name beside its value. */
const mostLetters = 15;

const shortened = (title: string, most: number): string => (title.length <= most ? title : `${title.slice(0, most - 1)}…`);

/** Room right of the plot for these names and a value of five digits, in pixels. */
export function roomForNames(titles: readonly string[]): number {
  if (titles.length <= 2) return 112;
  const longest = Math.max(0, ...titles.map((title) => Math.min(title.length, mostLetters)));
  return Math.round(Math.min(158, Math.max(112, leader + 8 + 6.2 * (longest + 7))));
}
