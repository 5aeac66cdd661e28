/** ROC curves of one class, both arms, and every class's AUC as a table that chooses the class. */
import { useMemo, useState } from 'react';
import { classMetrics } from '../../report/classMetrics.ts';
import { rocCurve, type RocCurve } from '../../report/roc.ts';
import type { Predictions } from '../../store/predictions.ts';
import { auc, aucDifference } from '../numbers.ts';
import { Name, shortName } from '../parts/Name.tsx';
import { Panel } from '../parts/Panel.tsx';

export function RocPanel({ predictions }: { predictions: Predictions }) {
  const { split, arms } = predictions;
  const measured = useMemo(
    () => arms.map(({ classAuc, scores }) => classAuc ?? classMetrics(scores, split).map(({ auc: area }) => area)),
    [arms, split],
  );
  const [asked, setAsked] = useState<number | null>(null);
  // Of two classes the curves are one another's mirror images; MedMNIST's AUC is of the second.
  const chosen = asked ?? (split.classNames.length === 2 ? 1 : 0);
  const curves = useMemo(() => arms.map(({ scores }) => rocCurve(scores, split, chosen)), [arms, split, chosen]);
  const name = split.classNames[chosen] ?? '';
  return (
    <Panel
      title="ROC"
      className="roc"
      testId="roc"
      scope={split.task === 'multi-label' ? `${shortName(name, 22)}, there or not` : `${shortName(name, 22)} against the rest`}
    >
      <div className="panel-body roc-body">
        <RocChart curves={curves} titles={arms.map(({ title }) => title)} merges={arms.map((arm) => arm.merges)} name={name} />
        <div className="roc-table">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">AUC</th>
                {arms.map(({ title, merges }) => (
                  <th key={title} scope="col" className={`num ${merges ? 'label-inmerge' : 'label-baseline'}`}>
                    {title}
                  </th>
                ))}
                {arms.length === 2 && (
                  <th scope="col" className="num">
                    Diff.
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {split.classNames.map((className, k) => {
                const areas = measured.map((each) => each[k] ?? null);
                const [before, after] = areas;
                return (
                  <tr key={k} className={k === chosen ? 'chosen' : undefined}>
                    <th scope="row">
                      <button type="button" className="link" aria-pressed={k === chosen} onClick={() => setAsked(k)}>
                        <Name text={className} longest={15} />
                      </button>
                    </th>
                    {areas.map((area, at) => (
                      <td key={at} className="num">
                        {auc(area)}
                      </td>
                    ))}
                    {arms.length === 2 && (
                      <td className="num">
                        {before === null || after === null || before === undefined || after === undefined
                          ? '–'
                          : aucDifference(after - before)}
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
    </Panel>
  );
}

const side = 150;

interface RocChartProps {
  readonly curves: readonly (RocCurve | null)[];
  readonly titles: readonly string[];
  readonly merges: readonly boolean[];
  readonly name: string;
}

function RocChart({ curves, titles, merges, name }: RocChartProps) {
  if (curves.every((curve) => curve === null))
    return <p className="sm q roc-none">Undefined: the test split has no image of this class, or no other.</p>;
  const path = ({ falsePositiveRate, truePositiveRate }: RocCurve) =>
    [...falsePositiveRate].map(
      (x, at) => `${(x * side).toFixed(2)},${((1 - (truePositiveRate[at] as number)) * side).toFixed(2)}`,
    );
  return (
    <svg
      className="roc-chart"
      viewBox={`-30 -8 ${side + 44} ${side + 40}`}
      role="img"
      aria-label={`ROC curves of ${name}: ${titles.join(' and ')}. The areas stand in the table.`}
    >
      <path className="roc-frame" d={`M0 0V${side}H${side}`} />
      <path className="roc-chance" d={`M0 ${side}L${side} 0`} />
      {curves.map((curve, at) =>
        curve === null ? null : (
          <polyline key={titles[at]} className={merges[at] ? 'line-inmerge' : 'line-baseline'} points={path(curve).join(' ')} />
        ),
      )}
      <text x={-5} y={4} textAnchor="end">
        1
      </text>
      <text x={-5} y={side + 2} textAnchor="end">
        0
      </text>
      <text x={side} y={side + 14} textAnchor="end">
        1
      </text>
      <text x={side / 2} y={side + 28} textAnchor="middle">
        share of other images reported
      </text>
      <text transform={`translate(-14 ${side / 2}) rotate(-90)`} textAnchor="middle">
        share of its own found
      </text>
    </svg>
  );
}
