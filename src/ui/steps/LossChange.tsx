/** The loss of the same images before and after each step taken: as a line of steps, and as the table it is drawn from. */
import type { TakenStep } from '../../store/stepping.ts';
import { loss, plural, points } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

/** As many as fit side by side. */
const drawn = 24;
const width = 280;
const height = 88;

export function LossChange({ taken }: { taken: readonly TakenStep[] }) {
  const last = taken.at(-1);
  if (last === undefined) return null;
  const difference = last.lossAfter - last.lossBefore;
  return (
    <Panel title="Loss of the batch" scope="same images" className="step-loss" testId="step-loss">
      <div className="panel-body">
        <p className="step-loss-now">
          <span>
            before <b>{precise(last.lossBefore)}</b>
          </span>
          <span>
            after <b>{precise(last.lossAfter)}</b>
          </span>
          <span className="q2">
            {signed(difference)} ({points(difference / last.lossBefore)} %)
          </span>
        </p>
        <Line taken={taken.slice(-drawn)} />
        <ScrollBox className="step-loss-table" label="Losses by step">
          <table className="table">
            <thead>
              <ColumnHeads columns={[{ title: 'Step' }, { title: 'Before', num: true }, { title: 'After', num: true }]} />
            </thead>
            <tbody>
              {taken
                .map((step, k) => (
                  <tr key={k}>
                    <td>
                      {step.kind === 'merge' ? `merge ${step.step + 1}` : `gradient ${step.step + 1}`}
                      {step.merged !== null && <span className="q wide-step"> {plural(step.merged, 'merge')}</span>}
                    </td>
                    <td className="num">{precise(step.lossBefore)}</td>
                    <td className="num">{precise(step.lossAfter)}</td>
                  </tr>
                ))
                .toReversed()}
            </tbody>
          </table>
        </ScrollBox>
      </div>
    </Panel>
  );
}

/** Each step from its loss before (ring) to its loss after (filled): square for a merge, circle for a gradient step. */
function Line({ taken }: { taken: readonly TakenStep[] }) {
  const values = taken.flatMap((step) => [step.lossBefore, step.lossAfter]).filter(Number.isFinite);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const y = (value: number) => (high > low ? 10 + ((high - value) / (high - low)) * (height - 20) : height / 2);
  const slot = width / Math.max(6, taken.length);
  return (
    <svg
      className="step-line"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Loss by step; the table below says the same"
    >
      <line className="grid" x1="0" x2={width} y1={y(high)} y2={y(high)} />
      <line className="grid" x1="0" x2={width} y1={y(low)} y2={y(low)} />
      {taken.map((step, k) => {
        const [from, to] = [slot * (k + 0.28), slot * (k + 0.72)];
        return (
          <g key={k} className={step.kind}>
            <line x1={from} x2={to} y1={y(step.lossBefore)} y2={y(step.lossAfter)} />
            <circle className="before" cx={from} cy={y(step.lossBefore)} r="3" />
            {step.kind === 'merge' ? (
              <rect className="after" x={to - 3} y={y(step.lossAfter) - 3} width="6" height="6" />
            ) : (
              <circle className="after" cx={to} cy={y(step.lossAfter)} r="3" />
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** A digit more than a curve needs: one step changes little. */
const precise = (value: number): string => (value < 0.1 ? value.toFixed(5) : value < 10 ? value.toFixed(4) : loss(value));

function signed(value: number): string {
  const text = Math.abs(value).toFixed(Math.abs(value) < 0.1 ? 5 : 4);
  return Number(text) === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${text}`;
}
