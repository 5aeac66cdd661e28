import { describe, expect, test } from 'vitest';
import { mostZoom, panned, showing, whole, zoomed } from './mapView.ts';

describe('the view of a map', () => {
  test('zooms about the point, and never shows past the matrix', () => {
    const near = zoomed(whole, 4, 100, 400, { x: 0.5, y: 0.25 });
    expect(near).toEqual({ zoom: 4, x: 37.5, y: 18.75 });
    expect(near.x + 0.5 * 25).toBe(50);
    expect(zoomed(near, 0.01, 100, 400, { x: 1, y: 1 })).toEqual(whole);
    expect(panned(near, 1000, -1000, 100)).toEqual({ zoom: 4, x: 75, y: 0 });
  });

  test('enlarges a cell to 48 pixels at most', () => {
    expect(zoomed(whole, 1e6, 512, 512, { x: 0, y: 0 }).zoom).toBe(mostZoom(512, 512));
    expect(mostZoom(512, 512)).toBe(48);
    expect(mostZoom(4, 512)).toBe(1);
  });

  test('moves as little as needed to show a cell', () => {
    const near = { zoom: 4, x: 40, y: 40 };
    expect(showing(near, 50, 50, 100)).toEqual(near);
    expect(showing(near, 10, 70, 100)).toEqual({ zoom: 4, x: 46, y: 10 });
  });
});
