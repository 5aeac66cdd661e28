import { expect, test } from 'vitest';
import type { ExperimentEvent } from '../experiment/events.ts';
import { quick } from '../recipe/presets.ts';
import { Progress } from './progress.ts';

const linesOf = (event: ExperimentEvent): string[] => {
  const lines: string[] = [];
  new Progress({ line: (text) => void lines.push(text), transient: () => {}, clear: () => {} }).tell(event);
  return lines;
};
const steps = { backboneSteps: 1, finetuneSteps: 1, stepsPerEpoch: 1, trainableParameters: 9, trainImages: 8 };
const started = (recipe = quick, mergedLayers: readonly number[] = []): ExperimentEvent => ({
  at: 'started',
  recipe,
  mergedLayers,
  ...steps,
});

test('an experiment whose merging arms can merge nothing says so before it trains', () => {
  expect(linesOf(started()).at(-1)).toContain('note: nothing can merge: all its convolutions come before');
  expect(linesOf(started(quick, [4, 5])).join()).not.toContain('note');
  const plain = { ...quick, arms: [{ name: 'baseline', merges: false }] };
  expect(linesOf(started(plain)).join()).not.toContain('note');
  const bases = [
    { base: null, title: 'VGG-8', trainableParameters: 9, mergedLayers: [4] },
    { base: 'small', title: 'ResNet-18', trainableParameters: 9, mergedLayers: [] },
  ];
  expect(linesOf({ ...started(quick, [4]), bases } as ExperimentEvent).at(-1)).toContain('nothing can merge on ResNet-18');
});
