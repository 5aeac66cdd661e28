/** One row per corruption: both arms as numbers and on one scale, and their paired difference with its interval. */
import type { ArmRobustness, RobustnessRow, RobustnessTable as Table } from '../../report/robustness.ts';
import { settles } from '../../report/certainty.ts';
import type { PairedDifference, Summary } from '../../report/statistics.ts';
import { armTitle } from '../../recipe/arms.ts';
import { corruptionTitle } from '../../store/robustnessView.ts';
import { points } from '../numbers.ts';

export type Measure = 'error' | 'rise';

const labels = ['label-baseline', 'label-inmerge'];

export function RobustnessTable({ table, measure }: { table: Table; measure: Measure }) {
  const values = table.rows.flatMap((row) => row.arms.map((arm) => arm[measure].mean));
  const clean = measure === 'error' ? table.clean.map(({ error }) => error.mean) : [0];
  const low = Math.min(0, ...values, ...clean);
  const high = Math.max(0.01, ...values, ...clean);
  const at = (value: number) => `${4 + (92 * (value - low)) / (high - low)}%`;
  const two = table.arms.length === 2;
  return (
    <div className="table-scroll">
      <table className="table robustness-table">
        <thead>
          <tr>
            <th scope="col">Corruption</th>
            {table.arms.map((arm, k) => (
              <th key={arm} scope="col" className={`num ${labels[k] ?? ''}`}>
                {armTitle(arm)}, {measure === 'error' ? '%' : 'pp'}
              </th>
            ))}
            <th className="robustness-scale">
              <span className="vh">Both on one scale</span>
            </th>
            {two && (
              <>
                <th scope="col" className="num">
                  Difference, pp
                </th>
                <th scope="col" className="num">
                  95 % CI
                </th>
                <th scope="col" className="num">
                  Seeds lower
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {measure === 'error' && (
            <tr data-corruption="clean">
              <th scope="row">None (clean)</th>
              {table.clean.map(({ arm, error }) => (
                <td key={arm} className="num">
                  {summaryText(error, measure)}
                </td>
              ))}
              <td className="robustness-scale">
                <Dots values={table.clean.map(({ error }) => error.mean)} at={at} />
              </td>
              {two && <td colSpan={3}>&nbsp;</td>}
            </tr>
          )}
          {table.rows.map((row) => (
            <Row key={row.corruption ?? 'mean'} row={row} measure={measure} at={at} two={two} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly row: RobustnessRow;
  readonly measure: Measure;
  readonly at: (value: number) => string;
  readonly two: boolean;
}

function Row({ row, measure, at, two }: RowProps) {
  const difference = row[measure];
  return (
    <tr data-corruption={row.corruption ?? 'mean'} className={row.corruption === null ? 'total' : undefined}>
      <th scope="row">{corruptionTitle(row.corruption)}</th>
      {row.arms.map((arm) => (
        <td key={arm.arm} className="num">
          {summaryText(arm[measure], measure)}
        </td>
      ))}
      <td className="robustness-scale">
        <Dots values={row.arms.map((arm: ArmRobustness) => arm[measure].mean)} at={at} />
      </td>
      {two && (
        <>
          <td className={`num ${difference !== null && settles(difference) ? 'b' : ''}`}>
            {difference === null ? '–' : points(difference.mean, 1)}
          </td>
          <td className="num q2">{difference === null ? '–' : intervalText(difference)}</td>
          <td className="num q2">{difference === null ? '–' : `${difference.losses} of ${difference.n}`}</td>
        </>
      )}
    </tr>
  );
}

/** A round mark for the first arm, a square one for the second. */
function Dots({ values, at }: { values: readonly number[]; at: (value: number) => string }) {
  const [first, second] = values;
  return (
    <svg aria-hidden="true">
      <line className="zero" x1={at(0)} x2={at(0)} y1="0" y2="100%" />
      {first !== undefined && second !== undefined && <line x1={at(first)} x2={at(second)} y1="50%" y2="50%" />}
      {first !== undefined && <circle cx={at(first)} cy="50%" r="4" />}
      {second !== undefined && (
        <svg x={at(second)} y="50%" overflow="visible">
          <rect x="-3.500" y="-3.500" width="7" height="7" />
        </svg>
      )}
    </svg>
  );
}

function summaryText({ mean, std }: Summary, measure: Measure): string {
  const text = measure === 'error' ? (mean * 100).toFixed(1) : points(mean, 1);
  return std === null ? text : `${text} ± ${(std * 100).toFixed(1)}`;
}

const intervalText = ({ interval }: PairedDifference): string =>
  interval === null ? 'needs two seeds' : `[${points(interval[0], 1)}, ${points(interval[1], 1)}]`;
