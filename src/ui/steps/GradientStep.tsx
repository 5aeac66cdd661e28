/** One gradient step: the update of PyTorch's SGD with the lengths of its vectors, in all and layer by layer. */
import type { GradientLengths, GradientStepReport, StepCopy } from '../../experiment/stepReports.ts';
import { integer, percent } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { SlowSteps } from './SlowSteps.tsx';
import { useSlow } from './useSlow.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

const stages = 4;

export function GradientStep({ report, copy }: { report: GradientStepReport; copy: StepCopy }) {
  const slow = useSlow(stages, `gradient ${report.step}`);
  return (
    <>
      <Panel
        title={`Gradient step ${integer(report.step + 1)}`}
        scope="lengths of the vectors, by layer"
        className="step-layers"
        testId="gradient-step"
      >
        <ScrollBox className="step-scroll" label="Gradient step by layer">
          <table className="table">
            <thead>
              <ColumnHeads
                columns={[
                  { title: 'Layer' },
                  { title: '|w|', num: true },
                  { title: '|g|', num: true },
                  { title: '|v|', num: true },
                  { title: 'Moved η|v|, of |w|', num: true },
                ]}
              />
            </thead>
            <tbody>
              {report.layers.map((layer) => (
                <tr key={layer.title}>
                  <th scope="row">{layer.title}</th>
                  <td className="num">{length(layer.weight)}</td>
                  <td className="num">{length(layer.gradient)}</td>
                  <td className="num">{length(layer.velocity)}</td>
                  <td className="num">
                    {length(layer.moved)} <span className="q">{percent(share(layer), 2)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      </Panel>
      <Panel title="The update" scope="all weights as one vector" className="step-formula">
        <SlowSteps slow={slow} label="gradient step">
          <Formula report={report} copy={copy} shown={slow.stage} />
        </SlowSteps>
      </Panel>
    </>
  );
}

function Formula({ report, copy, shown }: { report: GradientStepReport; copy: StepCopy; shown: number }) {
  const { total, learningRate, lossBefore } = report;
  const { momentum, weightDecay, batchSize } = copy;
  const items = [
    <>
      <b>Forward.</b> The mean loss of {integer(batchSize)} images is <code>{lossBefore.toFixed(5)}</code>.
    </>,
    <>
      <b>Backward.</b> Its slope in every weight is the gradient g: <code>|g| = {length(total.gradient)}</code>.
    </>,
    <>
      <b>Momentum.</b> <code>v ← μ v + (g + λ w)</code>: μ {momentum} of the old |v| {length(total.velocityBefore)}, and the decay
      λ {weightDecay} of |w| {length(total.weight)} is {length(total.decay)}. Now <code>|v| = {length(total.velocity)}</code>.
    </>,
    <>
      <b>Update.</b> <code>w ← w − η v</code>: with the rate η {learningRate} the weights move by{' '}
      <code>{length(total.moved)}</code>, {percent(share(total), 3)} of their length.
    </>,
  ];
  return (
    <ol className="step-stages">
      {items.map((item, k) => (
        <li key={k} className={k === shown ? 'now' : k > shown ? 'later' : ''}>
          {item}
        </li>
      ))}
    </ol>
  );
}

const share = ({ moved, weight }: GradientLengths): number => (weight > 0 ? moved / weight : 0);

/** Three significant digits. */
const length = (value: number): string => (value === 0 ? '0' : Number(value.toPrecision(3)).toString().replace('-', '\u2212'));
