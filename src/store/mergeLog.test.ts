import { expect, test } from 'vitest';
import { MergeLog } from './mergeLog.ts';

function columns(count: number) {
  return {
    step: Uint32Array.from({ length: count }, (_, k) => k),
    layer: Uint16Array.from({ length: count }, (_, k) => 4 + (k % 3)),
    i: Uint16Array.from({ length: count }, (_, k) => k % 64),
    j: Uint16Array.from({ length: count }, (_, k) => (k + 1) % 64),
    similarity: new Float32Array(count).fill(0.5),
  };
}

test('a log of 300,000 merges gives any row of any layer without a scan', () => {
  const log = new MergeLog();
  for (let epoch = 1; epoch <= 3; epoch++) log.append(7, 'inmerge', epoch, columns(100_000));
  expect(log.count(null)).toBe(300_000);
  expect(log.count(4) + log.count(5) + log.count(6)).toBe(300_000);
  const start = performance.now();
  for (let k = 0; k < 100_000; k += 10) expect(log.row(k, 5)?.layer).toBe(5);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(log.row(0, 5)).toMatchObject({ seed: 7, arm: 'inmerge', epoch: 1, step: 1 });
  expect(log.row(300_000, null)).toBeNull();
  expect(log.count(9)).toBe(0);
});

test('a pair is counted either way round', () => {
  const log = new MergeLog();
  log.append(0, 'inmerge', 1, {
    step: Uint32Array.of(1, 2, 3),
    layer: Uint16Array.of(4, 4, 5),
    i: Uint16Array.of(0, 1, 0),
    j: Uint16Array.of(1, 0, 1),
    similarity: Float32Array.of(0.4, 0.5, 0.6),
  });
  expect(log.ofPair(4, 1, 0)).toMatchObject({ times: 2, last: { step: 2 } });
  expect(log.ofPair(4, 2, 3)).toEqual({ times: 0, last: null });
});
