/** Both arms and their difference: accuracy, AUC, time and merges. */
import { armTitle } from '../../recipe/arms.ts';
import type { Results } from '../../store/comparison.ts';
import { comparedIn } from '../../store/arms.ts';
import type { PairedDifference, Summary } from '../../report/statistics.ts';
import { auc, aucDifference, duration, integer, percent, points } from '../numbers.ts';
import { useActions, useStudio } from '../studioContext.ts';

const seriesOf: Readonly<Record<string, string>> = { baseline: 'label-baseline' };

export function SummaryTable({ results }: { results: Results }) {
  const several = results.arms.some((arm) => arm.accuracy.n > 1);
  const baseline = results.arms.find((arm) => !arm.merges);
  const record = useStudio((state) => state.record);
  const { compareArm } = useActions();
  const compared = record === null ? null : comparedIn(record).inmerge;
  const inmerge = results.arms.find((arm) => arm.arm === compared);
  const many = results.arms.filter((arm) => arm.merges).length > 1;
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
            {many && (
              <th scope="col" className="num">
                against Baseline
              </th>
            )}
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
              <th scope="row" className={arm.arm === compared ? 'label-inmerge' : seriesOf[arm.arm]}>
                {many && arm.merges && arm.arm !== compared ? (
                  <button type="button" className="link" title="Compare this arm" onClick={() => compareArm(arm.arm)}>
                    {armTitle(arm.arm)}
                  </button>
                ) : (
                  armTitle(arm.arm)
                )}
              </th>
              {several && <td className="num">{arm.accuracy.n}</td>}
              <td className="num">{accuracyText(arm.accuracy)}</td>
              {many && <td className="num">{differenceText(arm.difference)}</td>}
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
              <th scope="row">{compared === null ? 'InMerge' : armTitle(compared)} − Baseline</th>
              {several && <td className="num">{results.accuracy.n}</td>}
              <td className="num">
                {points(results.accuracy.mean, 2)} pp
                {results.accuracy.std !== null && ` ± ${(results.accuracy.std * 100).toFixed(2)}`}
              </td>
              {many && <td>&nbsp;</td>}
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
/** Mean and 95 % interval in percentage points. */
function differenceText(difference: PairedDifference | null): string {
  if (difference === null) return '–';
  const { interval, mean } = difference;
  return `${points(mean, 2)} pp${interval === null ? '' : ` [${points(interval[0], 2)}, ${points(interval[1], 2)}]`}`;
}

const aucText = (summary: Summary | null): string =>
  summary === null ? '–' : `${auc(summary.mean)}${summary.std === null ? '' : ` ± ${summary.std.toFixed(4)}`}`;

function epochText(epochs: readonly number[]): string {
  const low = Math.min(...epochs);
  const high = Math.max(...epochs);
  return low === high ? String(low) : `${low} to ${high}`;
}
