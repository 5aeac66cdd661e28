/** Kernels round an oval as large as there is room, and arrows between them, as thick as they are frequent; the same picture for the same merges. */
import { useState } from 'react';
import type { MergeFlow } from '../../store/mergeFlow.ts';
import { plural } from '../numbers.ts';
import { useSize } from '../useSize.ts';

/** Room for the numbers outside the oval. */
const margin = { x: 40, y: 28 };
const flattest = 2.2;

interface FlowGraphProps {
  readonly flow: MergeFlow;
  /** `more`: beside those already selected. */
  readonly onChoose: (kernel: number, more: boolean) => void;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly turn: number;
}

export function FlowGraph({ flow, onChoose }: FlowGraphProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { nodes, edges } = flow;
  const [room, ref] = useSize();
  const width = Math.max(240, room?.width ?? 0);
  const height = Math.max(160, room?.height ?? 0);
  const middle = { x: width / 2, y: height / 2 };
  const down = middle.y - margin.y;
  const across = Math.min(middle.x - margin.x, flattest * down);
  const spots = new Map<number, Spot>(
    nodes.map(({ kernel }, k) => {
      const turn = (2 * Math.PI * k) / nodes.length - Math.PI / 2;
      return [kernel, { x: middle.x + across * Math.cos(turn), y: middle.y + down * Math.sin(turn), turn }];
    }),
  );
  const most = Math.max(6, ...edges.map(({ times }) => times));
  const busiest = Math.max(1, ...nodes.map(({ took, gave }) => took + gave));
  return (
    <div className="flow-room" ref={ref}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={`${plural(nodes.length, 'kernel')}, ${plural(edges.length, 'arrow')}; the table says the same`}
        data-testid="flow-graph"
      >
        {/* Rare ones first: what is frequent lies on top. */}
        {edges.toReversed().map(({ i, j, times }) => {
          const [from, to] = [spots.get(j), spots.get(i)];
          if (from === undefined || to === undefined) return null;
          const faded = pointed !== null && pointed !== i && pointed !== j;
          const stroke = 0.5 + 4.5 * Math.sqrt(times / most);
          return (
            <Arrow
              key={`${i} ${j}`}
              from={from}
              to={to}
              middle={middle}
              width={stroke}
              faded={faded}
              title={`K${i} ← K${j}: ${plural(times, 'merge')}`}
            />
          );
        })}
        {nodes.map(({ kernel, chosen, took, gave }) => {
          const spot = spots.get(kernel);
          if (spot === undefined) return null;
          const outward = (by: number) => ({ x: spot.x + by * Math.cos(spot.turn), y: spot.y + by * Math.sin(spot.turn) });
          const name = outward(22);
          return (
            <g
              key={kernel}
              className={`flow-node ${chosen ? 'chosen' : ''}`}
              role="button"
              tabIndex={0}
              aria-pressed={chosen}
              aria-label={`Kernel ${kernel}: took ${took}, gave ${gave}`}
              onClick={(event) => onChoose(kernel, event.shiftKey)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                onChoose(kernel, event.shiftKey);
              }}
              onPointerEnter={() => setPointed(kernel)}
              onPointerLeave={() => setPointed(null)}
              onFocus={() => setPointed(kernel)}
              onBlur={() => setPointed(null)}
            >
              <circle cx={spot.x} cy={spot.y} r={4 + 5 * Math.sqrt((took + gave) / busiest)} />
              <text x={name.x} y={name.y + 4} textAnchor="middle">
                {kernel}
              </text>
              <title>{`Kernel ${kernel}: took ${took}, gave ${gave}`}</title>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

interface ArrowProps {
  readonly from: Spot;
  readonly to: Spot;
  readonly middle: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly faded: boolean;
  readonly title: string;
}

/** Bent towards the middle, and a little to its own side, so that the two ways between two kernels are two arrows. */
function Arrow({ from, to, middle, width, faded, title }: ArrowProps) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const side = 12;
  const control = {
    x: middle.x + ((from.x + to.x) / 2 - middle.x) * 0.45 - (dy / length) * side,
    y: middle.y + ((from.y + to.y) / 2 - middle.y) * 0.45 + (dx / length) * side,
  };
  const [ax, ay] = [to.x - control.x, to.y - control.y];
  const reach = Math.hypot(ax, ay) || 1;
  const [ux, uy] = [ax / reach, ay / reach];
  const tip = { x: to.x - 9 * ux, y: to.y - 9 * uy };
  const wing = 3 + width;
  const foot = { x: tip.x - 2 * wing * ux, y: tip.y - 2 * wing * uy };
  return (
    <g className={faded ? 'flow-arrow faded' : 'flow-arrow'}>
      <path d={`M${from.x} ${from.y}Q${control.x} ${control.y} ${foot.x} ${foot.y}`} strokeWidth={width}>
        <title>{title}</title>
      </path>
      <path
        className="head"
        d={`M${tip.x} ${tip.y}L${foot.x - wing * uy} ${foot.y + wing * ux}L${foot.x + wing * uy} ${foot.y - wing * ux}Z`}
      />
    </g>
  );
}
