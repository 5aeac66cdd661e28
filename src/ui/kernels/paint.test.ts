import { describe, expect, test } from 'vitest';
import { colourCodes, countCodes, paint } from './paint.ts';

describe('the painted matrix', () => {
  test('shows one map above the diagonal and the other below, both in the order', () => {
    const n = 3;
    const upper = Uint16Array.from({ length: 9 }, (_, at) => 10 + at);
    const lower = Uint16Array.from({ length: 9 }, (_, at) => 20 + at);
    const colours = Uint32Array.from({ length: 40 }, (_, at) => at * 100);
    const words = new Uint32Array(n * n);
    paint(upper, lower, Uint16Array.of(2, 0, 1), colours, words);
    // Positions hold kernels 2, 0, 1: row 0, column 1 is the pair (2, 0).
    expect([...words]).toEqual([2800, 1600, 1700, 2200, 2000, 1100, 2500, 2300, 2400]);
  });

  test('gives zero the middle colour, and saturates at 0.6 either way', () => {
    const [none, much, more, less] = colourCodes(Float32Array.of(0, 0.6, 1, -0.7));
    expect(none).toBe(256);
    expect(much).toBe(511);
    expect(more).toBe(511);
    expect(less).toBe(0);
    expect([...countCodes(Uint32Array.of(0, 4, 1))]).toEqual([256, 511, 383]);
  });

  test('takes under a frame for 512 x 512', () => {
    const n = 512;
    const codes = colourCodes(Float32Array.from({ length: n * n }, (_, at) => Math.sin(at)));
    const colours = new Uint32Array(512).map((_, at) => at);
    const order = Uint16Array.from({ length: n }, (_, k) => (k * 77) % n);
    const words = new Uint32Array(n * n);
    const times = Array.from({ length: 9 }, () => {
      const start = performance.now();
      paint(codes, codes, order, colours, words);
      return performance.now() - start;
    });
    // The fastest is held to it: on a busy machine the median tells of the machine.
    expect(Math.min(...times)).toBeLessThan(16);
  });
});
