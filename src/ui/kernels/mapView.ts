/** The part of a matrix of n x n that a square of the page shows: where it begins, and how much it is enlarged. */
export interface MapView {
  /** 1 shows all. */
  readonly zoom: number;
  /** Position at the left and the upper edge. */
  readonly x: number;
  readonly y: number;
}

export const whole: MapView = { zoom: 1, x: 0, y: 0 };
/** Cells are at most so large, in pixels. */
const largestCell = 48;

export const mostZoom = (n: number, side: number): number => Math.max(1, (largestCell * n) / Math.max(1, side));

/** Keeps what is under the point (shares of the square, 0 to 1) where it is. */
export function zoomed(view: MapView, factor: number, n: number, side: number, at: { x: number; y: number }): MapView {
  const zoom = Math.min(mostZoom(n, side), Math.max(1, view.zoom * factor));
  return within({ zoom, x: view.x + at.x * (n / view.zoom - n / zoom), y: view.y + at.y * (n / view.zoom - n / zoom) }, n);
}

/** Moved by cells, as far as there is matrix. */
export const panned = (view: MapView, dx: number, dy: number, n: number): MapView =>
  within({ ...view, x: view.x + dx, y: view.y + dy }, n);

/** Moved as little as needed for a cell to be seen. */
export function showing(view: MapView, row: number, column: number, n: number): MapView {
  const span = n / view.zoom;
  const into = (from: number, place: number) => Math.min(place, Math.max(from, place + 1 - span));
  return within({ ...view, x: into(view.x, column), y: into(view.y, row) }, n);
}

function within({ zoom, x, y }: MapView, n: number): MapView {
  const most = n - n / zoom;
  return { zoom, x: Math.min(most, Math.max(0, x)), y: Math.min(most, Math.max(0, y)) };
}
