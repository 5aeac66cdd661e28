/** A layer's kernels as squares: no coin, a coin that fell, a merge; and an arrow for the pair that is looked at. */
import { memo } from 'react';
import type { LayerMergeReport } from '../../experiment/stepReports.ts';
import { plural } from '../numbers.ts';
import { countsOf, type Tried } from './tried.ts';

const cell = 14;

interface CoinsProps {
  readonly layer: LayerMergeReport;
  readonly p: number;
  readonly pair: Tried | null;
}

export function Coins({ layer, p, pair }: CoinsProps) {
  const { kernels } = layer;
  const columns = kernels <= 64 ? Math.min(32, kernels) : kernels <= 512 ? 32 : 64;
  const rows = Math.ceil(kernels / columns);
  const { tried, merged } = countsOf(layer);
  const centre = (i: number) => [((i % columns) + 0.5) * cell, (Math.floor(i / columns) + 0.5) * cell] as const;
  return (
    <figure className="coins">
      <svg
        viewBox={`-2 -2 ${columns * cell + 4} ${rows * cell + 4}`}
        style={{ maxWidth: columns * cell + 4, maxHeight: Math.min(232, rows * cell + 4) }}
        role="img"
        aria-label={`${plural(kernels, 'kernel')}: ${plural(tried, 'coin')} below p ${p.toFixed(2)}, ${plural(merged, 'merge')}; the table below lists them`}
      >
        <Squares layer={layer} columns={columns} />
        {pair !== null && <Arrow from={centre(pair.j)} to={centre(pair.i)} />}
      </svg>
      <figcaption>
        <span>
          <i className="coin-none" /> coin not below p
        </span>
        <span>
          <i className="coin-fell" /> fell: pair tried
        </span>
        <span>
          <i className="coin-merged" /> passed: merged
        </span>
      </figcaption>
    </figure>
  );
}

const Squares = memo(function Squares({ layer, columns }: { layer: LayerMergeReport; columns: number }) {
  return Array.from({ length: layer.kernels }, (_, i) => (
    <rect
      key={i}
      className={layer.merged[i] === 1 ? 'coin-merged' : layer.partner[i] === i ? 'coin-none' : 'coin-fell'}
      x={(i % columns) * cell + 1.5}
      y={Math.floor(i / columns) * cell + 1.5}
      width={cell - 3}
      height={cell - 3}
    >
      <title>{`K${i}, coin ${(layer.coin[i] ?? Number.NaN).toFixed(3)}`}</title>
    </rect>
  ));
});

/** From the partner to the kernel that takes a share of it. */
function Arrow({ from: [x1, y1], to: [x2, y2] }: { from: readonly [number, number]; to: readonly [number, number] }) {
  const bend = 10 + Math.abs(x2 - x1) * 0.08;
  const middle = [(x1 + x2) / 2, Math.max(2, Math.min(y1, y2) - bend)];
  return (
    <g className="coin-arrow">
      <path d={`M${x1} ${y1}Q${middle.join(' ')} ${x2} ${y2}`} />
      <circle cx={x1} cy={y1} r="2.5" />
      <rect x={x2 - cell / 2} y={y2 - cell / 2} width={cell} height={cell} />
    </g>
  );
}
