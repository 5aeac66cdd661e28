import { describe, expect, it } from 'vitest';
import type { TestSplit } from '../report/classMetrics.ts';
import { answerOf, galleryImages, predictionsFrom, truthOf, type Predictions } from './predictions.ts';
import { recordOf, resultOf, runKey } from './testRecord.ts';

const nothing = { seed: null, arm: null };

const split = (task: TestSplit['task'], classNames: string[], labels: number[], images: number): TestSplit => ({
  at: 'test-split',
  task,
  classNames,
  images: Uint32Array.from({ length: images }, (_, image) => image + 100),
  labels: Uint16Array.from(labels),
});

const three = split('multi-class', ['a', 'b', 'c'], [0, 1, 2, 2], 4);
/** Right but for image 1 (taken for a) and image 3 (taken for a, and sure of it). */
const baseline = Float32Array.of(0.8, 0.1, 0.1, 0.5, 0.4, 0.1, 0.1, 0.2, 0.7, 0.9, 0.05, 0.05);
/** Right but for image 2 (taken for b) and image 3 (taken for b). */
const inmerge = Float32Array.of(0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3, 0.3, 0.4, 0.3);

function recorded(seeds = [1]) {
  const record = recordOf(seeds);
  record.take(three);
  for (const seed of seeds) {
    record.take({ at: 'scores', run: runKey(seed, 'baseline'), scores: baseline });
    record.take({ at: 'scores', run: runKey(seed, 'inmerge'), scores: inmerge });
  }
  return record;
}

const predictions = (seeds?: number[]) => predictionsFrom(recorded(seeds), nothing) as Predictions;

describe('predictions of two arms', () => {
  it('are there once a run was tested, for an experiment with a test split', () => {
    const record = recordOf([1, 2]);
    expect(predictionsFrom(record, nothing)).toBeNull();
    record.take(three);
    expect(predictionsFrom(record, nothing)).toBeNull();
    record.take({ at: 'scores', run: runKey(1, 'baseline'), scores: baseline });
    expect(predictionsFrom(record, nothing)?.arms.map(({ title }) => title)).toEqual(['Baseline']);
  });

  it('are of the latest seed with both arms, until another is chosen', () => {
    const record = recorded([1, 2]);
    record.take({ at: 'scores', run: runKey(3, 'baseline'), scores: baseline });
    expect(predictionsFrom(record, nothing)).toMatchObject({ seed: 2, seeds: [1, 2] });
    expect(predictionsFrom(record, { seed: 1, arm: null })?.seed).toBe(1);
    expect(predictionsFrom(record, { seed: 9, arm: null })?.seed).toBe(2);
  });

  it('have the AUCs that the run’s result has, once it is told', () => {
    const record = recorded();
    expect(predictionsFrom(record, nothing)?.arms.map(({ classAuc }) => classAuc)).toEqual([null, null]);
    record.take(resultOf(1, 'inmerge', 0.5));
    const told = record.run(1, 'inmerge')?.result?.test?.classAuc;
    expect(told).toBeDefined();
    expect(predictionsFrom(record, nothing)?.arms.map(({ classAuc }) => classAuc)).toEqual([null, told]);
  });

  it('tell the truth and each answer', () => {
    const { arms, split: own } = predictions();
    expect(arms.map((arm) => [...arm.predicted])).toEqual([
      [0, 0, 2, 0],
      [0, 1, 1, 1],
    ]);
    expect([truthOf(own, 3), answerOf(arms[0] as never, own, 3)]).toEqual([[2], [0]]);
  });
});

describe('a gallery', () => {
  it('holds the images that a filter names, the clearest mistake first', () => {
    const of = (filter: Parameters<typeof galleryImages>[1]) => [...galleryImages(predictions(), filter, null)];
    expect(of('wrong')).toEqual([3, 2, 1]);
    expect(of('only-first')).toEqual([1]);
    expect(of('only-second')).toEqual([2]);
    expect(of('both')).toEqual([3]);
    expect(of('all')).toEqual([3, 2, 1, 0]);
  });

  it('holds the images of a cell: of an arm, or those that one arm alone puts there', () => {
    const of = (cell: Parameters<typeof galleryImages>[2]) => [...galleryImages(predictions(), 'wrong', cell)];
    expect(of({ of: 'first', row: 2, column: 0 })).toEqual([3]);
    expect(of({ of: 'second', row: 2, column: 1 })).toEqual([3, 2]);
    expect(of({ of: 'difference', row: 2, column: 2 })).toEqual([2]);
    expect(of({ of: 'difference', row: 0, column: 0 })).toEqual([]);
  });

  it('of a multi-label set counts an image as wrong where any label is', () => {
    const record = recordOf([1]);
    record.take(split('multi-label', ['x', 'y'], [1, 0, 1, 1, 0, 0], 3));
    record.take({ at: 'scores', run: runKey(1, 'baseline'), scores: Float32Array.of(0.9, 0.2, 0.8, 0.1, 0.3, 0.3) });
    record.take({ at: 'scores', run: runKey(1, 'inmerge'), scores: Float32Array.of(0.9, 0.2, 0.8, 0.7, 0.3, 0.6) });
    const found = predictionsFrom(record, nothing) as Predictions;
    expect([...galleryImages(found, 'wrong', null)]).toEqual([1, 2]);
    expect([...galleryImages(found, 'only-second', null)]).toEqual([2]);
    expect([...galleryImages(found, 'all', { of: 'first', row: 1, column: 1 })]).toEqual([1]);
    expect([truthOf(found.split, 1), answerOf(found.arms[0] as never, found.split, 1)]).toEqual([[0, 1], [0]]);
  });
});
