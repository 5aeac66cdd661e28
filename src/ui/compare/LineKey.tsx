/** A short piece of a line with its mark, as a legend has it. */
import type { LineLook } from './chartModel.ts';
import { lineStyle, markPath } from './lineStyle.ts';

export function LineKey({ look }: { look: LineLook }) {
  const { colour, dash, mark, width } = lineStyle(look);
  return (
    <svg className="line-key" width="20" height="10" aria-hidden="true">
      <line x1="0" x2="20" y1="5" y2="5" stroke={colour} strokeWidth={width} strokeDasharray={dash} />
      {mark !== 'none' && <path d={markPath(mark, 10, 5)} fill={colour} stroke="var(--surface)" />}
    </svg>
  );
}
