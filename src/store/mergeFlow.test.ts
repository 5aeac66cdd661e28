import { expect, test } from 'vitest';
import { mergeFlow, mostNodes, timeLine } from './mergeFlow.ts';

const n = 100;
const counts = (entries: readonly (readonly [number, number, number])[]) => {
  const values = new Uint32Array(n * n);
  for (const [i, j, times] of entries) values[i * n + j] = times;
  return values;
};

test('around a kernel stand its partners, with who took from whom how often', () => {
  const flow = mergeFlow(
    counts([
      [3, 7, 5],
      [7, 3, 2],
      [3, 9, 1],
      [9, 50, 8],
    ]),
    n,
    [3],
  );
  expect(flow.nodes.map(({ kernel }) => kernel)).toEqual([3, 7, 9]);
  expect(flow.nodes[0]).toEqual({ kernel: 3, chosen: true, took: 6, gave: 2 });
  // The merges of 9 with 50 are another matter.
  expect(flow.edges).toEqual([
    { i: 3, j: 7, times: 5 },
    { i: 7, j: 3, times: 2 },
    { i: 3, j: 9, times: 1 },
  ]);
  expect(flow.left).toBe(0);
});

test('a kernel with too many partners is drawn with the most frequent, and the others are counted', () => {
  const many = counts(Array.from({ length: n - 1 }, (_, k) => [0, k + 1, k + 1] as const));
  const flow = mergeFlow(many, n, [0]);
  expect(flow.nodes).toHaveLength(mostNodes);
  expect(flow.left).toBe(n - mostNodes);
  expect(Math.min(...flow.edges.map(({ times }) => times))).toBe(n - mostNodes + 1);
});

test('with no kernel chosen the most active ones stand together, those that exchange side by side', () => {
  const flow = mergeFlow(
    counts([
      [1, 2, 9],
      [2, 1, 9],
      [5, 6, 4],
      [2, 5, 1],
    ]),
    n,
    [],
  );
  expect(flow.nodes.map(({ kernel }) => kernel)).toEqual([2, 1, 5, 6]);
  expect(flow.nodes.every(({ chosen }) => !chosen)).toBe(true);
});

test('a time-line counts each merge in the lane of the kernel that took, in the part of the run it fell in', () => {
  const columns = { i: Uint16Array.of(4, 4, 8, 4, 9), step: Uint32Array.of(0, 50, 51, 99, 10) };
  const rows = Uint32Array.of(0, 1, 2, 3, 4);
  const line = timeLine(columns as unknown as Parameters<typeof timeLine>[0], rows, {
    firstStep: 0,
    lastStep: 99,
    bins: 10,
    lanes: 2,
  });
  expect(line.lanes).toEqual([
    { kernel: 4, merges: 3 },
    { kernel: 8, merges: 1 },
  ]);
  expect([...line.counts]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect(line.most).toBe(1);
});
