import { expect, test } from 'vitest';
import type { StepCopy, StepReport } from '../experiment/stepReports.ts';
import { initialState } from './state.ts';
import { mayStep, projectStep } from './stepping.ts';

const copy = { step: 4, mergeSteps: 0, gradientSteps: 0 } as StepCopy;
const merge: StepReport = {
  kind: 'merge',
  step: 4,
  batchOfStep: 4,
  lossBefore: 0.5,
  lossAfter: 0.6,
  layers: [
    {
      layer: 3,
      kernels: 3,
      tau: 0.3,
      coin: Float32Array.of(0.1, 0.9, 0.2),
      partner: Uint16Array.of(2, 1, 0),
      similarity: Float32Array.of(0.5, Number.NaN, 0.5),
      merged: Uint8Array.of(1, 0, 1),
      norm: Float32Array.of(1, 1, 1),
      change: Float32Array.of(0.1, 0, 0.1),
    },
  ],
};

test('steps add up until the copy goes back to its start, and nothing is left when it is closed', () => {
  let state = projectStep(null, { at: 'copied', copy });
  state = projectStep(state, { at: 'stepped', copy: { ...copy, mergeSteps: 1 }, report: merge });
  expect(state?.taken).toEqual([{ kind: 'merge', step: 4, lossBefore: 0.5, lossAfter: 0.6, merged: 2 }]);
  expect(projectStep(state, { at: 'reset', copy })?.taken).toEqual([]);
  expect(projectStep(state, { at: 'closed' })).toBeNull();
});

test('a refusal leaves the copy and its steps as they are', () => {
  const before = projectStep(projectStep(null, { at: 'copied', copy }), { at: 'stepped', copy, report: merge });
  const after = projectStep(before, { at: 'refused', error: { code: 'not-resting', message: 'It runs.' } });
  expect(after).toEqual({ ...before, error: { code: 'not-resting', message: 'It runs.' } });
});

test('without a resting experiment there is nothing to take a copy of', () => {
  expect(mayStep(initialState)).toBe(false);
});
