/** The values under the crosshair, in words; also spoken where the crosshair moves by keyboard. */
import { armTitle } from '../../recipe/arms.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { plural, similarity } from '../numbers.ts';
import type { Cell } from './useMapKeys.ts';

interface HoverValueProps {
  readonly shown: ShownSimilarity;
  readonly counts: Uint32Array | null;
  readonly order: Uint16Array;
  readonly cell: Cell | null;
}

export function HoverValue({ shown, counts, order, cell }: HoverValueProps) {
  const { upper, lower } = shown;
  const n = lower.kernels;
  const i = order[cell?.row ?? 0] ?? 0;
  const j = order[cell?.column ?? 0] ?? 0;
  const at = i * n + j;
  return (
    <output className="xs q heatmap-value" data-testid="map-value">
      {cell === null ? (
        'same order for both halves'
      ) : i === j ? (
        `kernel ${i} with itself`
      ) : (
        <>
          K<sub>{i}</sub>, K<sub>{j}</sub>: {upper === lower ? '' : `${armTitle(upper.run.arm)} `}
          {upper !== lower && <b>{similarity(upper.values[at] ?? 0)}</b>}
          {upper !== lower && ', '}
          {armTitle(lower.run.arm)} <b>{similarity(lower.values[at] ?? 0)}</b>
          {counts !== null && `, merged ${plural(counts[at] ?? 0, 'time')}`}
        </>
      )}
    </output>
  );
}
