import { describe, expect, test } from 'vitest';
import { keyOf, threefry2x32, unit } from '../base/threefry.ts';
import { channelBasis, projected } from './kernelPictures.ts';

const random = (salt: number) => (at: number) => unit(threefry2x32(keyOf(salt), [0, at])[0]) - 0.5;

/** Kernels 3 x 3 that live on the given channel directions, and noise. */
function kernelsOn(directions: readonly (readonly number[])[], strengths: readonly number[], kernels: number, noise: number) {
  const channels = directions[0]?.length ?? 0;
  const draw = random(5);
  return Float32Array.from({ length: 9 * channels * kernels }, (_, at) => {
    const kernel = at % kernels;
    const channel = Math.floor(at / kernels) % channels;
    const position = Math.floor(at / (kernels * channels));
    const shared = directions.reduce(
      (sum, direction, k) => sum + (strengths[k] ?? 0) * draw(1000 + kernel * 27 + position * 3 + k) * (direction[channel] ?? 0),
      0,
    );
    return shared + noise * draw(90_000 + at);
  });
}

describe('kernel pictures', () => {
  test('show the first layer in its own colours', () => {
    const weights = kernelsOn([[1, 0, 0]], [1], 4, 0.1);
    const basis = channelBasis(weights, 3, 4, true);
    expect(basis).toMatchObject({ kind: 'rgb', share: 1 });
    const colours = projected(weights, basis, 4);
    // Kernel 2, position 5, green: channel 1.
    expect(colours[(2 * 9 + 5) * 3 + 1]).toBe(weights[(5 * 3 + 1) * 4 + 2]);
    expect(channelBasis(weights.subarray(0, 36), 1, 4, true).kind).toBe('grey');
    expect(channelBasis(weights, 3, 4, false).kind).toBe('projection');
  });

  test('find the directions of channel space that hold most, the strongest first, and say how much', () => {
    const half = Math.SQRT1_2;
    const directions = [
      [0, half, 0, 0, half, 0],
      [1, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0],
    ];
    const weights = kernelsOn(directions, [9, 3, 1], 24, 0.05);
    const basis = channelBasis(weights, 6, 24, false);
    directions.forEach((direction, k) => {
      const along = direction.reduce((sum, value, c) => sum + value * (basis.axes[3 * c + k] ?? 0), 0);
      expect(Math.abs(along)).toBeGreaterThan(0.99);
    });
    expect(basis.share).toBeGreaterThan(0.98);
    expect(basis.share).toBeLessThan(1);
  });

  test('have a scale that nearly all weights keep within', () => {
    const weights = kernelsOn([[1, 0, 0, 0]], [1], 40, 0.3);
    const basis = channelBasis(weights, 4, 40, false);
    const colours = [...projected(weights, basis, 40)];
    const beyond = colours.filter((value) => Math.abs(value) > basis.scale).length / colours.length;
    expect(beyond).toBeLessThan(0.025);
    expect(beyond).toBeGreaterThan(0);
  });

  test('hold for a layer of zeros', () => {
    const basis = channelBasis(new Float32Array(9 * 4 * 3), 4, 3, false);
    expect(basis.share).toBe(0);
    expect(basis.scale).toBe(0);
    expect([...projected(new Float32Array(9 * 4 * 3), basis, 3)].every((value) => value === 0)).toBe(true);
  });
});
