import { describe, expect, test } from 'vitest';
import { planMemory } from './memoryPlan.ts';
import { reads, writes, type Binding, type Operation, type PlannedBuffer } from './operation.ts';

const buffer = (label: string, bytes: number): PlannedBuffer => ({ label, bytes });
const operation = (...bindings: Binding[]): Operation => ({
  bindings,
  label: '',
  body: '',
  groups: () => [1, 1, 1],
  macs: 0,
  chunk: 0,
});
const step = (from: PlannedBuffer, to: PlannedBuffer) => operation(reads('x', from), writes('y', to));

describe('a memory plan', () => {
  test('gives a place on when its buffer was read last', () => {
    const [a, b, c] = [buffer('a', 1024), buffer('b', 1024), buffer('c', 1024)];
    const { bytes, spotOf } = planMemory([step(a, b), step(b, c)], { before: [a], after: [] });
    expect(bytes).toBe(2048);
    expect(spotOf.get(c)).toMatchObject({ place: spotOf.get(a)?.place, offset: 0 });
  });

  test('lays small buffers beside one another, at offsets that every device can bind', () => {
    const [large, small, other, end] = [buffer('large', 1024), buffer('small', 300), buffer('other', 300), buffer('end', 16)];
    const operations = [
      step(large, end),
      operation(writes('y', small)),
      operation(writes('y', other)),
      step(small, end),
      step(other, end),
    ];
    const { bytes, spotOf } = planMemory(operations, { before: [], after: [] });
    expect(bytes).toBe(1040);
    expect([spotOf.get(small), spotOf.get(other)]).toMatchObject([
      { place: 0, offset: 0 },
      { place: 0, offset: 512 },
    ]);
  });

  test('keeps apart what one operation reads and writes, and lets it read two of one place', () => {
    const [large, a, b, sum, end] = [
      buffer('large', 1024),
      buffer('a', 256),
      buffer('b', 256),
      buffer('sum', 256),
      buffer('end', 16),
    ];
    const add = operation(reads('a', a), reads('b', b), writes('y', sum));
    const { spotOf } = planMemory([step(large, end), operation(writes('y', a)), operation(writes('y', b)), add, step(sum, end)], {
      before: [],
      after: [],
    });
    const placeOf = (of: PlannedBuffer) => spotOf.get(of)?.place;
    expect(placeOf(a)).toBe(placeOf(b));
    expect(placeOf(sum)).not.toBe(placeOf(a));
  });

  test('puts what comes from outside at the start of its place', () => {
    const [large, input, output, end] = [buffer('large', 1024), buffer('input', 256), buffer('output', 256), buffer('end', 16)];
    const { spotOf } = planMemory([step(large, end), step(input, output)], { before: [input], after: [output] });
    expect(spotOf.get(input)?.offset).toBe(0);
    expect(spotOf.get(output)?.offset).toBe(0);
  });
});
