/** How a line of a look is drawn on the page: the marks and dashes of `figure.ts`, in colours that fit light and dark. */
import { moreLook, type Look } from '../../report/figure.ts';
import type { LineLook } from './chartModel.ts';

export interface LineStyle {
  readonly colour: string;
  readonly width: number;
  /** As `stroke-dasharray`; undefined for a solid line. */
  readonly dash: string | undefined;
  readonly mark: Look['mark'];
}

export function lineStyle(look: LineLook): LineStyle {
  switch (look) {
    case 'backbone':
      return { colour: 'var(--ink-2)', width: 1.5, dash: undefined, mark: 'none' };
    case 'baseline':
      return { colour: 'var(--baseline)', width: 2, dash: undefined, mark: 'circle' };
    case 'compared':
      return { colour: 'var(--inmerge)', width: 2, dash: undefined, mark: 'square' };
    case 'faint':
      return { colour: 'var(--arm-faint)', width: 1, dash: undefined, mark: 'none' };
    default: {
      const { dash, mark } = moreLook(look);
      return { colour: `var(--arm-${look})`, width: 1.75, dash: dash.length === 0 ? undefined : dash.join(' '), mark };
    }
  }
}

/** Grey ones lie below, those that are compared above. */
export function stackingOf(look: LineLook): number {
  return look === 'faint' ? 0 : look === 'backbone' ? 1 : typeof look === 'number' ? 2 : 3;
}

/** The mark at a line's end, as a path around (x, y). */
export function markPath(mark: Look['mark'], x: number, y: number): string {
  switch (mark) {
    case 'circle':
      return `M${x - 4.5} ${y}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z`;
    case 'square':
      return `M${x - 4} ${y - 4}h8v8h-8Z`;
    case 'triangle':
      return `M${x} ${y - 5}L${x + 5} ${y + 4}H${x - 5}Z`;
    case 'diamond':
      return `M${x} ${y - 5.5}L${x + 5.5} ${y}L${x} ${y + 5.5}L${x - 5.5} ${y}Z`;
    case 'none':
      return '';
  }
}

/** Names of the two that are compared are in their colours; of the others, in ink: not all of theirs can be read as text. */
export const labelClass = (look: LineLook): string =>
  look === 'baseline'
    ? 'label-baseline'
    : look === 'compared'
      ? 'label-inmerge'
      : look === 'backbone'
        ? 'label-backbone'
        : 'label-arm';
