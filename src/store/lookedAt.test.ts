import { describe, expect, test } from 'vitest';
import type { KeptEpoch } from '../worker/protocol.ts';
import { epochOfHalf, lookedAt } from './lookedAt.ts';
import { nothingSelected } from './selection.ts';
import { nothingKept } from './state.ts';
import { epochOf, recordOf, runKey } from './testRecord.ts';

/** `0/b 8`: seed 0, the backbone, epoch 8. */
const kept = (...names: string[]) => ({
  ...nothingKept,
  epochs: names.map((name): KeptEpoch => {
    const [run = '', epoch] = name.split(' ');
    const [seed, arm] = run.split('/');
    return { seed: Number(seed), arm: arm === 'b' ? null : (arm ?? ''), epoch: Number(epoch) };
  }),
});
const begun = (...runs: [number, string | null][]) => {
  const record = recordOf([0, 1], 3);
  for (const [seed, arm] of runs) record.take(epochOf(seed, arm, 1, 0.9));
  return record;
};

describe('what is looked at', () => {
  test('is nothing before there is an epoch to show', () => {
    expect(lookedAt(recordOf([0]), nothingKept, nothingSelected)).toBeNull();
    expect(lookedAt(begun([0, null]), nothingKept, nothingSelected)).toBeNull();
  });

  test('is the backbone against itself until the arms part', () => {
    expect(lookedAt(begun([0, null]), kept('0/b 1', '0/b 2'), nothingSelected)).toMatchObject({
      seed: 0,
      upper: null,
      lower: null,
      epoch: 2,
      epochs: [1, 2],
    });
  });

  test('is both arms at their latest common epoch, from the backbone’s checkpoint on', () => {
    const record = begun([0, null], [0, 'baseline'], [0, 'inmerge']);
    const epochs = kept('0/b 8', '0/baseline 1', '0/inmerge 1', '0/baseline 2');
    expect(lookedAt(record, epochs, nothingSelected)).toMatchObject({
      upper: 'baseline',
      lower: 'inmerge',
      epoch: 1,
      epochs: [0, 1],
      lastEpoch: 3,
    });
    expect(lookedAt(record, epochs, { ...nothingSelected, epoch: 0 })?.epoch).toBe(0);
    expect(lookedAt(record, epochs, { ...nothingSelected, epoch: 7 })?.epoch).toBe(1);
  });

  test('is each arm at its own epoch where they have no other in common than the start', () => {
    const record = begun([0, null], [0, 'baseline'], [0, 'inmerge']);
    const selected = kept('0/b 8', '0/baseline 3', '0/inmerge 2');
    const looked = lookedAt(record, selected, nothingSelected);
    expect(looked).toMatchObject({ upper: 'baseline', lower: 'inmerge', epoch: 2, upperEpoch: 3, epochs: [0, 2] });
    expect(looked === null ? null : [epochOfHalf(looked, 'baseline'), epochOfHalf(looked, 'inmerge')]).toEqual([3, 2]);
    const start = lookedAt(record, selected, { ...nothingSelected, epoch: 0 });
    expect(start).toMatchObject({ epoch: 0 });
    expect(start?.upperEpoch).toBeUndefined();
    // While one arm has yet to begin, the start is what both have.
    expect(lookedAt(record, kept('0/b 8', '0/baseline 1'), nothingSelected)).toMatchObject({ epoch: 0, epochs: [0] });
  });

  test('follows the latest seed that can be shown, unless another is chosen', () => {
    const record = begun([0, null], [0, 'baseline'], [0, 'inmerge'], [1, null]);
    const epochs = kept('0/b 8', '0/baseline 1', '0/inmerge 1');
    expect(lookedAt(record, epochs, nothingSelected)?.seed).toBe(0);
    const later = { ...epochs, epochs: [...epochs.epochs, { seed: 1, arm: null, epoch: 1 }] };
    expect(lookedAt(record, later, nothingSelected)).toMatchObject({ seed: 1, lower: null });
    expect(lookedAt(record, later, { ...nothingSelected, seed: 0 })).toMatchObject({ seed: 0, lower: 'inmerge' });
  });

  test('takes a similarity that was told where the kernels are not kept', () => {
    const record = begun([0, null], [0, 'baseline'], [0, 'inmerge']);
    for (const arm of ['baseline', 'inmerge'])
      record.take({ at: 'similarity', run: runKey(0, arm), epoch: 3, layer: 5, kernels: 2, values: new Float32Array(4) });
    expect(lookedAt(record, kept('0/b 8'), { ...nothingSelected, layer: 5 })).toMatchObject({ epoch: 3, epochs: [0, 3] });
    expect(lookedAt(record, kept('0/b 8'), { ...nothingSelected, layer: 4 })).toMatchObject({ epoch: 0, epochs: [0] });
  });
});
