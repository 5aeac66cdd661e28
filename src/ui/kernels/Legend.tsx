/** The colour scale as a histogram of all pairs, with τ on it: how many pairs are above it, and above another one. */
import { useMemo } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { countPairs, histogram } from '../../store/similarity.ts';
import { integer, percent, similarity } from '../numbers.ts';
import { Term } from '../parts/Term.tsx';
import { useTheme } from '../theme.ts';
import { cssColour, similarityColours } from './colour.ts';

interface LegendProps {
  readonly shown: ShownSimilarity;
  readonly tau: number;
  readonly applied: number;
  readonly exploring: boolean;
  readonly mergesHere: boolean;
  /** Chance that a kernel looks for a partner in a step. */
  readonly p: number;
  /** Merges a step in all layers, at the τ of the run; null where not known. */
  readonly expectedInAll: number | null;
  readonly onExplore: (tau: number | null) => void;
}

const bins = 100;
const height = 64;

export function Legend({ shown, tau, applied, exploring, mergesHere, p, expectedInAll, onExplore }: LegendProps) {
  const theme = useTheme();
  const { upper, lower } = shown;
  const n = lower.kernels;
  const above = useMemo(() => countPairs(lower.values, n, tau), [lower, n, tau]);
  const aboveUpper = useMemo(() => countPairs(upper.values, n, tau), [upper, n, tau]);
  const bars = useMemo(() => histogram(lower.values, n, bins), [lower, n]);
  const line = useMemo(() => histogram(upper.values, n, bins), [upper, n]);
  const colours = useMemo(() => (theme === 'dark' || theme === 'light' ? similarityColours() : new Uint32Array()), [theme]);
  const most = Math.max(1, ...bars, ...line);
  const y = (count: number) =>
    count === 0 ? height : height - (height - 2) * ((Math.log10(count) + 0.3) / (Math.log10(most) + 0.3));
  const x = (value: number) => 50 * (value + 1);
  const steps = Array.from(line, (count, k) => `H${(k / bins) * 1000}V${y(count)}`).join('');
  const share = above.pairs === 0 ? 0 : above.above / above.pairs;
  const name = armTitle(lower.run.arm);
  return (
    <div className="legend">
      <p className="legend-head" data-testid="above-tau">
        <span>
          pairs above <Term name="tau">τ</Term> {similarity(tau)}: <b>{integer(above.above)}</b> ·{' '}
          {percent(share, share < 0.01 && share > 0 ? 2 : 1)}
          {upper !== lower && (
            <span className="q">
              {' '}
              ({armTitle(upper.run.arm)} {integer(aboveUpper.above)})
            </span>
          )}
        </span>
        <span data-testid="expected">
          {mergesHere ? (
            <>
              <Term name="expected">expected merges a step</Term>: {p} × {n} × {percent(share, share < 0.01 && share > 0 ? 2 : 1)}{' '}
              = <b>{(p * n * share).toFixed(1)}</b>
              {expectedInAll !== null && !exploring && <span className="q"> (all layers {expectedInAll.toFixed(1)})</span>}
            </>
          ) : (
            <span className="q">skipped: its kernels do not merge</span>
          )}
        </span>
      </p>
      <div className="legend-plot">
        <svg
          viewBox={`0 0 1000 ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Histogram of similarities, bars ${name}; ${above.above} of ${above.pairs} pairs above ${tau.toFixed(2)}`}
        >
          {Array.from(bars, (count, k) => (
            <rect
              key={k}
              x={(k / bins) * 1000 + 0.5}
              width={1000 / bins - 1}
              y={y(count)}
              height={height - y(count)}
              fill={cssColour(colours, ((k + 0.5) / bins) * 2 - 1)}
              className="legend-bar"
            />
          ))}
          {upper !== lower && <path d={`M0 ${height}${steps}`} className="legend-line" vectorEffect="non-scaling-stroke" />}
        </svg>
        {exploring && <i className="legend-tau legend-tau-applied" style={{ left: `${x(applied)}%` }} />}
        <i className="legend-tau" style={{ left: `${x(tau)}%` }} />
        <input
          type="range"
          className="legend-range"
          aria-label="Explore another τ"
          min={-1}
          max={1}
          step={0.01}
          value={tau}
          aria-valuetext={`τ ${tau.toFixed(2)}, ${above.above} pairs above`}
          onChange={(event) => onExplore(Number(event.target.value))}
        />
      </div>
      <div className="legend-axis" aria-hidden="true">
        {[-1, -0.5, 0, 0.5, 1].map((value) => (
          <span key={value} style={{ left: `${x(value)}%` }}>
            {similarity(value).replace(/\.?0+$/, '') || '0'}
          </span>
        ))}
      </div>
      <p className="legend-note xs q">
        {exploring ? (
          <>
            Exploring τ {similarity(tau)}; the run uses {similarity(applied)}.{' '}
            <button type="button" className="link" onClick={() => onExplore(null)}>
              Back to {similarity(applied)}
            </button>
          </>
        ) : (
          <>
            pairs per 0.02, log scale; bars {name}
            {upper !== lower && `, line ${armTitle(upper.run.arm)}`}. Highest {similarity(above.highest)}. Drag the line to
            explore another τ.
          </>
        )}
      </p>
    </div>
  );
}
