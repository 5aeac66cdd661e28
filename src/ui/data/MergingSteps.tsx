/** What one merge is, in three pictures. The kernels are drawn, not real ones. */
import { tauNumber, tauText } from '../../recipe/arms.ts';
import { useStudio } from '../studioContext.ts';

/** Shades of a 3 x 3 kernel, 0 to 1. */
type Kernel = readonly number[];
const first: Kernel = [0.15, 0.3, 0.2, 0.55, 0.65, 0.5, 0.9, 0.8, 0.95];
const second: Kernel = [0.35, 0.45, 0.3, 0.5, 0.6, 0.75, 0.7, 0.95, 0.8];
const others: readonly Kernel[] = [
  [0.9, 0.8, 0.2, 0.8, 0.3, 0.1, 0.2, 0.1, 0.1],
  [0.2, 0.9, 0.2, 0.9, 0.2, 0.9, 0.2, 0.9, 0.2],
  [0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9],
];

function Tile({ kernel, x, y = 22, side = 30 }: { kernel: Kernel; x: number; y?: number; side?: number }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      {kernel.map((shade, k) => (
        <rect
          key={k}
          className="cell"
          x={((k % 3) * side) / 3}
          y={(Math.floor(k / 3) * side) / 3}
          width={side / 3}
          height={side / 3}
          fillOpacity={0.08 + 0.8 * shade}
        />
      ))}
      <rect className="tile" width={side} height={side} />
    </g>
  );
}

export function MergingSteps() {
  const { alpha, tau } = useStudio((state) => state.recipe.merging);
  const blend = first.map((shade, k) => alpha * shade + (1 - alpha) * (second[k] ?? 0));
  const threshold = Math.max(0, tauNumber(tau) ?? 0.5);
  const at = (value: number) => 100 + 150 * value;
  return (
    <ol className="steps">
      <li>
        <svg viewBox="0 0 280 76" aria-hidden="true">
          {[others[0], first, others[1], others[2], second].map((kernel, k) => (
            <Tile key={k} kernel={kernel ?? first} x={8 + 46 * k} />
          ))}
          <path className="arc" d="M69 20C90 2 186 2 206 18" />
          <path className="arc" d="m201 12 6 7-9 1" />
          <text x="69" y="68">
            K
            <tspan dy="2" fontSize="8">
              i
            </tspan>
          </text>
          <text x="207" y="68">
            K
            <tspan dy="2" fontSize="8">
              j
            </tspan>
          </text>
        </svg>
        <h3>1&ensp;Pick a partner</h3>
        <p>
          A convolution learns many small filters, its kernels. With probability p, kernel K<sub>i</sub> draws another, K
          <sub>j</sub>.
        </p>
      </li>
      <li>
        <svg viewBox="0 0 280 76" aria-hidden="true">
          <Tile kernel={first} x={8} />
          <Tile kernel={second} x={46} />
          <path className="axis" d="M100 50h150" />
          <rect className="above" x={at(threshold)} y="30" width={at(1) - at(threshold)} height="20" />
          <path className="tau" d={`M${at(threshold)} 26v28`} />
          <circle className="dot" cx={at(0.64)} cy="40" r="4" />
          <text x={at(threshold)} y="20" className="tau-text">
            τ {tauText(tau)}
          </text>
          <text x={at(0)} y="66">
            0
          </text>
          <text x={at(1)} y="66">
            1
          </text>
        </svg>
        <h3>2&ensp;Compare</h3>
        <p>They merge only where they are alike: their cosine similarity is above τ.</p>
      </li>
      <li>
        <svg viewBox="0 0 280 76" aria-hidden="true">
          <text x="20" y="41">
            {alpha.toFixed(2)}
          </text>
          <Tile kernel={first} x={40} />
          <text x="102" y="41">
            + {(1 - alpha).toFixed(2)}
          </text>
          <Tile kernel={second} x={130} />
          <text x="180" y="41">
            =
          </text>
          <Tile kernel={blend} x={198} />
        </svg>
        <h3>3&ensp;Blend</h3>
        <p>
          K<sub>i</sub> keeps the share α of itself and takes the rest from K<sub>j</sub>.
        </p>
      </li>
    </ol>
  );
}
