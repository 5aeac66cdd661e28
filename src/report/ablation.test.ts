import { expect, test } from 'vitest';
import type { ExperimentEvent } from '../experiment/events.ts';
import { armsOf, expanded } from '../recipe/arms.ts';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { ablationFigures } from './ablation.ts';
import { looksOf } from './figures.ts';
import { Study } from './study.ts';

/** Every arm of every seed is over; its accuracy follows from its place among the arms and from the seed. */
function studyOf(recipe: Recipe): Study {
  const written = expanded({ ...recipe, seeds: [1, 2] });
  const history = written.seeds.flatMap((seed) =>
    armsOf(written).map(({ name }, at): ExperimentEvent => {
      const metrics = { loss: 1, accuracy: 0.8 + at / 100 + seed / 1000, auc: 0.9, classAuc: [] };
      const run = { seed, phase: 'finetune', arm: name } as const;
      return {
        at: 'result',
        run,
        selectedEpoch: 1,
        val: metrics,
        test: metrics,
        trainMs: 1,
        merges: 0,
        tried: 0,
        highestSimilarity: 0,
      };
    }),
  );
  const record = { name: 'x', datasetTitle: 'X', startedAt: 0, savedAt: 0, fraction: 1, seeds: 2, difference: null };
  return new Study({ format: 'inmerge-experiment', recipe: written, history, record: { ...record, state: 'finished' } });
}

test('a sweep over tau is Fig. 2b: the swept values with the recipe’s own, and the baseline as a line', () => {
  const [figure, ...others] = ablationFigures(studyOf({ ...quick, sweep: { tau: [0.1, 0.5] } }));
  expect(others).toEqual([]);
  expect(figure?.id).toBe('fig2b');
  expect(figure?.series.map((series) => series.points.map((point) => point.x))).toEqual([[0.1, 0.3, 0.5]]);
  // Arms: baseline, inmerge (0.3), then 0.1 and 0.5; two seeds each.
  const means = figure?.series[0]?.points.map((point) => point.mean) ?? [];
  [0.8215, 0.8115, 0.8315].forEach((mean, at) => expect(means[at]).toBeCloseTo(mean, 12));
  expect(figure?.series[0]?.points.map((point) => point.n)).toEqual([2, 2, 2]);
  expect(figure?.levels.map((level) => level.name)).toEqual(['Baseline']);
});

test('merging dissimilar pairs stands beside the curve of tau', () => {
  const arms = [...quick.arms, { name: 'condition-dissimilar', merges: true, merging: { condition: 'dissimilar' as const } }];
  const [figure] = ablationFigures(studyOf({ ...quick, arms, sweep: { tau: [0.1, 0.5] } }));
  expect(figure?.levels.map((level) => level.name)).toEqual(['Baseline', 'dissimilar']);
});

test('layers are Fig. 2a, α and p together Fig. 2c, and a grid gives its largest families', () => {
  const arms = [...quick.arms, { name: 'p-0.6', merges: true, merging: { p: 0.6 } }];
  const figures = ablationFigures(studyOf({ ...quick, arms, sweep: { firstLayer: [0, 2] } }));
  expect(figures.map((figure) => figure.id)).toEqual(['fig2a', 'fig2c']);
  expect(figures[0]?.series[0]?.points.map((point) => point.x)).toEqual([0, 2, 4]);
  expect(figures[1]?.series.map((series) => series.name)).toEqual(['p']);
  const grid = ablationFigures(studyOf({ ...quick, sweep: { alpha: [0.5, 0.9], tau: [0.1, 0.2, 0.4] } }));
  expect(grid.map((figure) => figure.series.map((series) => series.points.length))).toEqual([[3], [2]]);
});

test('two arms alone make no figure', () => {
  expect(ablationFigures(studyOf(quick))).toEqual([]);
});

test('every arm of a sweep has a look of its own, and the two that are compared keep theirs', () => {
  const study = studyOf({ ...quick, sweep: { tau: [0, 0.1, 0.2, 0.4, 0.5] } });
  const looks = [...looksOf(study).values()].map((look) => `${look.colour} ${look.mark} ${look.dash.join()}`);
  expect(new Set(looks).size).toBe(study.arms.length + 1);
  expect(looksOf(study).get('inmerge')?.colour).toBe('D55E00');
});
