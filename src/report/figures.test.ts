import { describe, expect, test } from 'vitest';
import type { ExperimentEvent } from '../experiment/events.ts';
import { expanded } from '../recipe/arms.ts';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { smoothed } from './bands.ts';
import type { Figure } from './figure.ts';
import { figuresOf, plainCurves } from './figures.ts';
import { figurePgfplots } from './pgfplots.ts';
import { Study, type EpochEvent } from './study.ts';
import { figureSvg } from './svg.ts';

const losses = Float32Array.from({ length: 640 }, (_, step) => 1 + Math.sin(step));

/** Two seeds of every arm, with one epoch and a loss each. */
function studyOf(sweep: Recipe['sweep']): Study {
  const recipe = expanded({ ...quick, seeds: [1, 2], sweep });
  const history = recipe.seeds.flatMap((seed) =>
    recipe.arms.flatMap(({ name }, at): ExperimentEvent[] => {
      const run = { seed, phase: 'finetune', arm: name } as const;
      const val = { loss: 1, accuracy: 0.8 + at / 100 + seed / 1000, auc: 0.9 };
      return [
        { at: 'epoch', run, epoch: 0, trainLoss: 1, learningRate: 1, val, best: true, trainMs: 1 },
        { at: 'loss', run, firstStep: 0, losses: losses.subarray(0, 100) },
        { at: 'loss', run, firstStep: 100, losses: losses.subarray(100) },
      ];
    }),
  );
  const record = { name: 'x', datasetTitle: 'X', startedAt: 0, savedAt: 0, fraction: 1, seeds: 2, difference: null };
  return new Study({ format: 'inmerge-experiment', recipe, history, record: { ...record, state: 'finished' } });
}

const drawn = (study: Study, style: Partial<typeof plainCurves>) =>
  figuresOf(study, { ...plainCurves, ...style })
    .find(({ id }) => id === 'accuracy')
    ?.series.map(({ name, look, spread, faint }) => [name, look.colour, spread, faint]);

describe('figures of curves', () => {
  test('show the arms that were chosen, in the looks that they have on the page', () => {
    const study = studyOf({ tau: [0.1, 0.2, 0.4] });
    expect(drawn(study, { arms: ['baseline', 'tau-0.1', 'tau-0.4'], compared: 'tau-0.4' })).toEqual([
      ['Baseline', '0072B2', 'area', false],
      ['τ 0.1', '009E73', 'none', false],
      ['τ 0.4', 'D55E00', 'area', false],
    ]);
    expect(drawn(study, {})?.map(([name]) => name)).toEqual(['Baseline', 'InMerge', 'τ 0.1', 'τ 0.2', 'τ 0.4']);
  });

  test('of more arms than colours draw the others grey, below, and out of the legend; the caption counts them', () => {
    const study = studyOf({ tau: [0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.7] });
    const series = drawn(study, {}) ?? [];
    expect(series.map(([, , , faint]) => faint)).toEqual([...Array.from({ length: 7 }, () => true), false, false]);
    const [figure] = figuresOf(study);
    expect(figure?.caption).toContain('Spread of Baseline and InMerge. Grey: 7 further arms.');
  });

  test('have training accuracy beside that of validation where it is asked for and known, of the arms compared', () => {
    const study = studyOf({ tau: [0.1] });
    expect(drawn(study, { training: true })?.map(([name]) => name)).toEqual(['Baseline', 'InMerge', 'τ 0.1']);
    for (const { epochs } of study.runs) {
      const event = { ...(epochs[0] as EpochEvent), trainAccuracy: 0.95 };
      epochs.splice(0, 1, event, { ...event, epoch: 1, trainAccuracy: 0.96 });
    }
    expect(drawn(study, {})?.map(([name]) => name)).toEqual(['Baseline', 'InMerge', 'τ 0.1']);
    expect(drawn(study, { training: true })?.map(([name, , spread]) => [name, spread])).toEqual([
      ['Baseline, training', 'none'],
      ['InMerge, training', 'none'],
      ['Baseline', 'area'],
      ['InMerge', 'area'],
      ['τ 0.1', 'none'],
    ]);
    const figure = figuresOf(study, { ...plainCurves, training: true })[0] as Figure;
    expect(figure.title).toBe('Validation and training accuracy');
    expect(figure.caption).toContain('Dotted: training images, in passing.');
    // Each line dotted in its arm's colour, and one name for all of them.
    const svg = figureSvg(figure, '');
    const dotted = [...svg.matchAll(/<polyline[^>]* stroke="(#\w+)"[^>]*stroke-dasharray="1.5 2.5"/g)];
    expect(dotted.map(([, colour]) => colour)).toEqual(['#0072B2', '#D55E00']);
    expect(svg.match(/training images<\/text>/g)).toHaveLength(1);
    expect(figurePgfplots(figure)).toContain('c0072B2, densely dotted, no marks, forget plot');
    expect(figurePgfplots(figure)).toContain('\\addlegendimage{c444D57, densely dotted}');
  });

  test('smooth each seed’s raw losses, before they are thinned', () => {
    const [figure] = figuresOf(studyOf({}), { ...plainCurves, band: 'none', smoothing: 0.9 }).filter(({ id }) => id === 'loss');
    const raw = smoothed(losses, 0.9);
    const width = Math.ceil(losses.length / 300);
    const first = raw.slice(0, width).reduce((sum, value) => sum + value, 0) / width;
    expect(figure?.series[0]?.points[0]?.mean).toBeCloseTo(first, 12);
    expect(figure?.caption).toContain('debiased EMA of 0.9');
  });
});
