/** Every arm and the difference of the two that are compared: accuracy, AUC, time and merges; on every base where there are several. */
import type { ReactNode } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { Results } from '../../store/comparison.ts';
import type { PairedDifference, Summary } from '../../report/statistics.ts';
import { auc, aucDifference, duration, integer, percent, points } from '../numbers.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';
import { useActions, useStudio } from '../studioContext.ts';

const seriesOf: Readonly<Record<string, string>> = { baseline: 'label-baseline' };

/** Results on one base; the title is empty where there is no other. */
export interface BaseResults {
  readonly base: string | null;
  readonly title: string;
  readonly results: Results;
}

export function SummaryTable({ groups }: { groups: readonly BaseResults[] }) {
  const shown = useStudio((state) => state.record?.base ?? null);
  const { showBase } = useActions();
  const arms = groups.flatMap(({ results }) => results.arms);
  const columns: Columns = {
    several: new Set(arms.map((arm) => arm.accuracy.n)).size > 1,
    many: groups.some(({ results }) => results.arms.filter((arm) => arm.merges).length > 1),
  };
  const wide = 6 + (columns.several ? 1 : 0) + (columns.many ? 1 : 0);
  const [first] = groups;
  return (
    <div className="table-scroll">
      <table className="table summary">
        <thead>
          <ColumnHeads
            columns={[
              { title: 'Arm' },
              columns.several ? { title: 'Seeds', num: true } : null,
              { title: 'ACC', num: true },
              columns.many ? { title: 'against Baseline, pp', num: true } : null,
              { title: 'AUC', num: true },
              { title: columns.many ? 'Epoch' : 'Epoch taken', num: true },
              { title: 'Time', num: true },
              { title: 'Merges', num: true },
            ]}
          />
        </thead>
        {groups.length === 1 && first !== undefined ? (
          <>
            <tbody>
              <ArmRows of={first} columns={columns} />
            </tbody>
            <tfoot>
              <DifferenceRow of={first} columns={columns} />
            </tfoot>
          </>
        ) : (
          groups.map((group) => (
            <tbody key={group.base} data-base={group.base ?? ''}>
              <tr className="group">
                <th scope="rowgroup" colSpan={wide}>
                  {group.base === shown ? (
                    <>
                      {group.title} <span className="q">shown on the other screens</span>
                    </>
                  ) : (
                    <button type="button" className="link" title="Show this one" onClick={() => showBase(group.base)}>
                      {group.title}
                    </button>
                  )}
                </th>
              </tr>
              <ArmRows of={group} columns={columns} />
              <DifferenceRow of={group} columns={columns} />
            </tbody>
          ))
        )}
      </table>
    </div>
  );
}

/** Which columns there are. */
interface Columns {
  /** Seeds, where arms differ in how many they have; the panel's head says how many otherwise. */
  readonly several: boolean;
  /** Several arms that merge, each with its difference. */
  readonly many: boolean;
}

interface RowsProps {
  readonly of: BaseResults;
  readonly columns: Columns;
}

function ArmRows({ of: { results }, columns: { several, many } }: RowsProps): ReactNode {
  const { compareArm } = useActions();
  return results.arms.map((arm) => (
    <tr key={arm.arm} data-arm={arm.arm} data-seeds={arm.accuracy.n}>
      <th scope="row" className={arm.arm === results.compared ? 'label-inmerge' : seriesOf[arm.arm]}>
        {many && arm.merges && arm.arm !== results.compared ? (
          <button type="button" className="link" title="Compare this arm" onClick={() => compareArm(arm.arm)}>
            {armTitle(arm.arm)}
          </button>
        ) : (
          armTitle(arm.arm)
        )}
      </th>
      {several && <td className="num">{arm.accuracy.n}</td>}
      <td className="num" data-of="acc">
        {accuracyText(arm.accuracy)}
      </td>
      {many && <td className="num">{differenceText(arm.difference)}</td>}
      <td className="num">{aucText(arm.auc)}</td>
      <td className="num">{epochText(arm.epochs)}</td>
      <td className="num">{duration(arm.trainMs)}</td>
      <td className="num">
        {arm.merges ? integer(arm.mergeCount) : '–'}
        {arm.tried !== null && !many && <span className="q"> of {integer(arm.tried)} tries</span>}
      </td>
    </tr>
  ));
}

/** Of the compared arm against the one without merging, on the same base. */
function DifferenceRow({ of: { results }, columns: { several, many } }: RowsProps) {
  const { accuracy, arms, compared } = results;
  if (accuracy === null) return null;
  const baseline = arms.find((arm) => !arm.merges);
  const inmerge = arms.find((arm) => arm.arm === compared);
  return (
    <tr data-arm="difference" className="difference-row">
      <th scope="row">{compared === null ? 'InMerge' : armTitle(compared)} − Baseline</th>
      {several && <td className="num">{accuracy.n}</td>}
      <td className="num">
        {points(accuracy.mean, 2)} pp
        {accuracy.std !== null && ` ± ${(accuracy.std * 100).toFixed(2)}`}
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
  );
}

const accuracyText = (summary: Summary): string =>
  `${percent(summary.mean, 2)}${summary.std === null ? '' : ` ± ${(summary.std * 100).toFixed(2)}`}`;
/** Mean and 95 % interval in percentage points. */
function differenceText(difference: PairedDifference | null): string {
  if (difference === null) return '–';
  const { interval, mean } = difference;
  return `${points(mean, 2)}${interval === null ? '' : ` [${points(interval[0], 2)}, ${points(interval[1], 2)}]`}`;
}

const aucText = (summary: Summary | null): string =>
  summary === null ? '–' : `${auc(summary.mean)}${summary.std === null ? '' : ` ± ${summary.std.toFixed(4)}`}`;

function epochText(epochs: readonly number[]): string {
  const low = Math.min(...epochs);
  const high = Math.max(...epochs);
  return low === high ? String(low) : `${low} to ${high}`;
}
