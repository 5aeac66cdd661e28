import { expect, it } from 'vitest';
import { binOf, countAbove, similarityBins } from './similarityBins.ts';
import { keyOf, threefry2x32, unit } from './threefry.ts';

it('counts above any tau of two decimals are exact, also for similarities that are such a tau in float32', () => {
  const values = Float32Array.from({ length: 4000 }, (_, k) => 2 * unit(threefry2x32(keyOf(3), [0, k])[0]) - 1);
  for (let hundredth = -100; hundredth <= 100; hundredth++) values[hundredth + 1000] = hundredth / 100;
  const counts = new Uint32Array(similarityBins);
  for (const value of values) counts[binOf(value)]!++;
  for (let hundredth = -100; hundredth <= 100; hundredth++) {
    const tau = Math.fround(hundredth / 100);
    // What is exactly -1 has no bin below it.
    if (hundredth === -100) continue;
    expect(countAbove(counts, hundredth / 100)).toBe(values.filter((value) => value > tau).length);
  }
});
