/** Which rows of a long list are in view, and where they stand, for a scroll position. */

export const rowHeight = 26;
/** Browsers clip elements beyond some 16 to 33 million pixels; the list stays below that. */
const tallest = 8_000_000;
const extra = 4;

export interface ListWindow {
  readonly first: number;
  readonly rows: number;
  /** Height of the scrolled element. */
  readonly space: number;
  /** Where the first row stands in it. */
  readonly offset: number;
}

export function listWindow(count: number, top: number, height: number): ListWindow {
  const whole = count * rowHeight;
  const space = Math.min(whole, tallest);
  const reach = Math.max(1, space - height);
  // Position in the whole list; the same as `top` where the list is short enough to scroll as it is.
  const position = whole <= tallest ? top : (Math.min(top, reach) / reach) * (whole - height);
  const first = Math.max(0, Math.min(count, Math.floor(position / rowHeight) - extra));
  const rows = Math.min(count - first, Math.ceil(height / rowHeight) + 2 * extra + 1);
  return { first, rows, space, offset: top - (position - first * rowHeight) };
}
