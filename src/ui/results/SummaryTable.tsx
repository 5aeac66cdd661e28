/** Both arms and their difference: accuracy, AUC, time and merges. */
import { armTitle } from '../../recipe/arms.ts';
import type { Results } from '../../store/comparison.ts';
import type { Summary } from '../../report/statistics.ts';
import { auc, aucDifference, duration, integer, percent, points } from '../numbers.ts';

const seriesOf: Readonly<Record<string, string>> = { baseline: 'label-baseline', inmerge: 'label-inmerge' };

export function SummaryTable({ results }: { results: Results }) {
  const several = results.arms.some((arm) => arm.accuracy.n > 1);
  const baseline = results.arms.find((arm) => !arm.merges);
  const inmerge = results.arms.find((arm) => arm.merges);
  return (
    <div className="table-scroll">
      <table className="table summary">
        <thead>
          <tr>
            <th scope="col">Arm</th>
            {several && (
              <th scope="col" className="num">
                Seeds
              </th>
            )}
            <th scope="col" className="num">
              ACC
            </th>
            <th scope="col" className="num">
              AUC
            </th>
            <th scope="col" className="num">
              Epoch taken
            </th>
            <th scope="col" className="num">
              Time
            </th>
            <th scope="col" className="num">
              Merges
            </th>
          </tr>
        </thead>
        <tbody>
          {results.arms.map((arm) => (
            <tr key={arm.arm} data-arm={arm.arm}>
              <th scope="row" className={seriesOf[arm.arm]}>
                {armTitle(arm.arm)}
              </th>
              {several && <td className="num">{arm.accuracy.n}</td>}
              <td className="num">{accuracyText(arm.accuracy)}</td>
              <td className="num">{aucText(arm.auc)}</td>
              <td className="num">{epochText(arm.epochs)}</td>
              <td className="num">{duration(arm.trainMs)}</td>
              <td className="num">
                {arm.merges ? integer(arm.mergeCount) : '–'}
                {arm.tried !== null && <span className="q"> of {integer(arm.tried)} tries</span>}
              </td>
            </tr>
          ))}
        </tbody>
        {results.accuracy !== null && (
          <tfoot>
            <tr data-arm="difference">
              <th scope="row">InMerge − Baseline</th>
              {several && <td className="num">{results.accuracy.n}</td>}
              <td className="num">
                {points(results.accuracy.mean, 2)} pp
                {results.accuracy.std !== null && ` ± ${(results.accuracy.std * 100).toFixed(2)}`}
              </td>
              <td className="num">
                {results.auc === null ? '–' : aucDifference(results.auc.mean)}
                {results.auc !== null && results.auc.std !== null && ` ± ${results.auc.std.toFixed(4)}`}
              </td>
              <td>&nbsp;</td>
              <td className="num">
                {baseline !== undefined && inmerge !== undefined && baseline.trainMs > 0
                  ? `× ${(inmerge.trainMs / baseline.trainMs).toFixed(2)}`
                  : '–'}
              </td>
              <td>&nbsp;</td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

const accuracyText = (summary: Summary): string =>
  `${percent(summary.mean, 2)}${summary.std === null ? '' : ` ± ${(summary.std * 100).toFixed(2)}`}`;
const aucText = (summary: Summary | null): string =>
  summary === null ? '–' : `${auc(summary.mean)}${summary.std === null ? '' : ` ± ${summary.std.toFixed(4)}`}`;

function epochText(epochs: readonly number[]): string {
  const low = Math.min(...epochs);
  const high = Math.max(...epochs);
  return low === high ? String(low) : `${low} to ${high}`;
}
