/** The difference with its interval on an axis around 0; one seed is an open dot without interval. */
import type { PairedDifference } from '../../report/statistics.ts';
import { points } from '../numbers.ts';

/** Half-widths of the axis in percentage points; the first that holds everything is taken. */
const spans = [1, 2, 5, 10, 20, 50, 100];

/** Letters of a name that fit one half of the axis. */
export const longestName = 10;

interface DifferenceAxisProps {
  readonly difference: PairedDifference;
  /** What the merging arm is called. */
  readonly merging: string;
  /** Every seed's difference, too. */
  readonly each?: boolean;
}

export function DifferenceAxis({ difference, merging, each = false }: DifferenceAxisProps) {
  const { mean, interval, differences } = difference;
  const reach = 100 * Math.max(Math.abs(mean), ...differences.map(Math.abs), ...(interval ?? []).map(Math.abs));
  const span = spans.find((candidate) => candidate >= reach) ?? 100;
  const at = (share: number) => `${50 + (46 * Math.max(-span, Math.min(span, share * 100))) / span}%`;
  const ticks = [-span, -span / 2, 0, span / 2, span];
  return (
    <svg
      className="difference-axis"
      role="img"
      aria-label={`Difference ${points(mean)} percentage points${interval === null ? ', no interval' : `, interval ${points(interval[0])} to ${points(interval[1])}`}`}
    >
      <text x="49%" y="10" textAnchor="end" dx="-4">
        Baseline ahead
      </text>
      <text x="51%" y="10" dx="4">
        {merging.length > longestName ? 'the arm' : merging} ahead
      </text>
      <line x1="50%" x2="50%" y1="2" y2="48" className="zero" />
      <line x1="4%" x2="96%" y1="48" y2="48" className="axis" />
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={at(tick / 100)} x2={at(tick / 100)} y1="48" y2="52" className="axis" />
          <text x={at(tick / 100)} y="64" textAnchor="middle">
            {tick > 0 ? `+${tick}` : String(tick).replace('-', '−')}
          </text>
        </g>
      ))}
      {each && differences.map((value, k) => <circle key={k} cx={at(value)} cy="20" r="3" className="each" />)}
      {interval !== null && (
        <>
          <line x1={at(interval[0])} x2={at(interval[1])} y1="33" y2="33" className="interval" />
          <line x1={at(interval[0])} x2={at(interval[0])} y1="28" y2="38" className="interval" />
          <line x1={at(interval[1])} x2={at(interval[1])} y1="28" y2="38" className="interval" />
        </>
      )}
      <circle cx={at(mean)} cy="33" r="4.500" className={interval === null ? 'open' : 'mean'} />
    </svg>
  );
}
