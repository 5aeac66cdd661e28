/**
 * One pair from coin to blend, each stage with its formula and the numbers in it, and the two kernels drawn in the plane
 * that they span: lengths, angle and blend are true to scale, as is the wedge within τ.
 */
import type { StepCopy } from '../../experiment/stepReports.ts';
import { cosine, similarity } from '../numbers.ts';
import type { Tried } from './tried.ts';

export const walkStages = 4;

interface PairWalkProps {
  readonly pair: Tried;
  readonly copy: StepCopy;
  readonly kernels: number;
  readonly tau: number;
  readonly shown: number;
}

export function PairWalk({ pair, copy, kernels, tau, shown }: PairWalkProps) {
  const { i, j, coin, normI, normJ, merged, change } = pair;
  const { alpha, p, condition } = copy;
  const side = condition === 'similar' ? 'above' : 'below';
  const ki = <Kernel at={i} />;
  const kj = <Kernel at={j} />;
  const dot = pair.similarity * normI * normJ;
  const blended = Math.sqrt(Math.max(0, (alpha * normI) ** 2 + 2 * alpha * (1 - alpha) * dot + ((1 - alpha) * normJ) ** 2));
  const stages = [
    <>
      <b>Coin.</b>{' '}
      <code>
        {coin.toFixed(3)} &lt; p {p.toFixed(2)}
      </code>
      : {ki} looks for a partner.
    </>,
    <>
      <b>Partner.</b> One of the {kernels - 1} other kernels, each as likely: {kj}.
    </>,
    <>
      <b>Compare.</b>{' '}
      <code>
        cos = {ki}·{kj} / (|{ki}| |{kj}|) = {short(dot)} / ({short(normI)} × {short(normJ)}) = {cosine(pair.similarity)}
      </code>
      , {merged ? side : `not ${side}`} τ {similarity(tau)}.
    </>,
    merged ? (
      <>
        <b>Blend.</b>{' '}
        <code>
          {ki} ← {alpha.toFixed(2)} {ki} + {(1 - alpha).toFixed(2)} {kj}
        </code>
        : it moves by {short(change)}; its length goes from {short(normI)} to {short(blended)}.
      </>
    ) : (
      <>
        <b>No blend.</b> {ki} stays as it is.
      </>
    ),
  ];
  return (
    <>
      <Plane pair={pair} alpha={copy.alpha} tau={tau} shown={shown} />
      <ol className="step-stages">
        {stages.map((stage, k) => (
          <li key={k} className={k === shown ? 'now' : k > shown ? 'later' : ''}>
            {stage}
          </li>
        ))}
      </ol>
    </>
  );
}

function Kernel({ at }: { at: number }) {
  return (
    <>
      K<sub>{at}</sub>
    </>
  );
}

const width = 320;
const height = 152;
const origin = { x: 128, y: 128 };
/** Pixels of the longer kernel. */
const longest = 100;

function Plane({ pair, alpha, tau, shown }: { pair: Tried; alpha: number; tau: number; shown: number }) {
  const { i, j, normI, normJ, merged } = pair;
  const scale = longest / Math.max(normI, normJ, 1e-12);
  const angle = Math.acos(Math.max(-1, Math.min(1, pair.similarity)));
  const point = (length: number, turn: number) => ({
    x: origin.x + length * scale * Math.cos(turn),
    y: origin.y - length * scale * Math.sin(turn),
  });
  const own = point(normI, angle);
  const partner = point(normJ, 0);
  const blend = {
    x: alpha * own.x + (1 - alpha) * partner.x,
    y: alpha * own.y + (1 - alpha) * partner.y,
  };
  const wedge = Math.acos(Math.max(-1, Math.min(1, tau)));
  const rim = longest + 8;
  const edge = { x: origin.x + rim * Math.cos(wedge), y: origin.y - rim * Math.sin(wedge) };
  return (
    <svg
      className="plane"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Angle between the two kernels: ${degrees(angle)}; τ stands at ${degrees(wedge)}`}
    >
      {shown >= 2 && (
        <>
          <path
            className="wedge"
            d={`M${origin.x} ${origin.y}L${origin.x + rim} ${origin.y}A${rim} ${rim} 0 0 0 ${edge.x} ${edge.y}Z`}
          />
          <text x={width - 4} y="12" textAnchor="end">
            angle {degrees(angle)}
          </text>
          <text className="tau" x={width - 4} y="28" textAnchor="end">
            τ {similarity(tau)} is {degrees(wedge)}
          </text>
        </>
      )}
      <Vector to={own} name={`K${i}`} className={merged && shown >= 3 ? 'was' : 'own'} side="left" />
      {shown >= 1 && <Vector to={partner} name={`K${j}`} className="partner" />}
      {shown >= 3 && merged && (
        <>
          <line className="between" x1={own.x} y1={own.y} x2={partner.x} y2={partner.y} />
          <Vector to={blend} name="blend" className="blend" />
        </>
      )}
    </svg>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface VectorProps {
  readonly to: Point;
  readonly name: string;
  readonly className: string;
  /** Where its name stands: the kernel's to the left, what it turns towards to the right. */
  readonly side?: 'left' | 'right';
}

function Vector({ to, name, className, side = 'right' }: VectorProps) {
  const dx = to.x - origin.x;
  const dy = to.y - origin.y;
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const head = [
    [to.x - 7 * ux + 3.5 * uy, to.y - 7 * uy - 3.5 * ux],
    [to.x, to.y],
    [to.x - 7 * ux - 3.5 * uy, to.y - 7 * uy + 3.5 * ux],
  ];
  return (
    <g className={`vector ${className}`}>
      <line x1={origin.x} y1={origin.y} x2={to.x - 4 * ux} y2={to.y - 4 * uy} />
      <path d={`M${head.map((xy) => xy.map((v) => v.toFixed(1)).join(' ')).join('L')}Z`} />
      <text
        x={side === 'left' ? to.x + 8 * ux - 8 : to.x + 8 * ux + 5}
        y={uy === 0 ? to.y + 16 : to.y + 8 * uy + 4}
        textAnchor={side === 'left' ? 'end' : 'start'}
      >
        {name}
      </text>
    </g>
  );
}

const degrees = (radians: number): string => `${((radians * 180) / Math.PI).toFixed(0)}°`;
const short = (value: number): string => Number(value.toPrecision(3)).toString().replace('-', '\u2212');
