import { beforeEach, describe, expect, test } from 'vitest';
import { quick } from '../recipe/presets.ts';
import { basesOf } from '../recipe/bases.ts';
import { results } from './comparison.ts';
import { epochsCsv, resultsText } from './csv.ts';
import { epochCurves } from './curves.ts';
import { lookedAt } from './lookedAt.ts';
import { ExperimentRecord } from './record.ts';
import { nothingSelected } from './selection.ts';
import { nothingKept } from './state.ts';
import { armsAtHand } from './stepping.ts';
import { epochOf, mergesOf, recordOf, resultOf } from './testRecord.ts';

const recipe = { ...quick, sweep: { network: [{ ...quick.network, name: 'vgg11' as const }] } };
const other = basesOf(recipe)[1]?.name ?? '';

const on = <E extends object>(base: string, event: E): E =>
  'run' in event ? { ...event, run: { ...(event.run as object), base } } : event;

describe('an experiment on two networks', () => {
  let record: ExperimentRecord;
  beforeEach(() => {
    const { started } = recordOf([0]);
    const bases = basesOf(recipe).map(({ name }, at) => ({
      base: name,
      title: at === 0 ? 'VGG-8-BN' : 'VGG-11-BN',
      trainableParameters: 100 + at,
      mergedLayers: at === 0 ? [4, 5] : [6, 7],
    }));
    record = new ExperimentRecord({ ...started, recipe, bases });
    for (const event of [
      epochOf(0, 'baseline', 1, 0.5),
      on(other, epochOf(0, 'baseline', 1, 0.7)),
      on(other, mergesOf(0, 1, [[3, 6, 1, 2, 0.4]])),
      resultOf(0, 'baseline', 0.5),
      resultOf(0, 'inmerge', 0.6),
      on(other, resultOf(0, 'baseline', 0.7)),
      on(other, resultOf(0, 'inmerge', 0.65)),
    ])
      record.take(event);
  });

  test('has a record of each, as if it were the only one, and tells its story once', () => {
    const [own, second] = record.bases;
    expect(record.bases.map(({ base, title }) => [base, title])).toEqual([
      [null, 'VGG-8-BN'],
      ['vgg11-bn', 'VGG-11-BN'],
    ]);
    expect(second?.started).toMatchObject({
      mergedLayers: [6, 7],
      trainableParameters: 101,
      recipe: { network: { name: 'vgg11' } },
    });
    expect(second?.started.recipe.sweep).toEqual({});
    expect([own?.log.length, second?.log.length]).toEqual([0, 1]);
    expect(own?.told).toBe(second?.told);
    expect(record.told).toHaveLength(8);
    expect(record.wholeRecipe.sweep.network).toHaveLength(1);
    // Whichever of them an event is given to, it is written where it belongs.
    second?.take(epochOf(0, 'baseline', 2, 0.55));
    expect(record.run(0, 'baseline')?.epochs).toHaveLength(2);
  });

  test('compares arms within a base', () => {
    const differences = record.bases.map((each) => results(each)?.accuracy?.mean ?? Number.NaN);
    expect(differences[0]).toBeCloseTo(0.1, 12);
    expect(differences[1]).toBeCloseTo(-0.05, 12);
    const curves = record.bases.map((each) => epochCurves('range', null)(each).accuracy.lines[0]?.points[0]?.mean);
    expect(curves).toEqual([0.5, 0.7]);
    record.compare('inmerge');
    expect(record.on(other).compared).toBe('inmerge');
  });

  test('a run keeps its base, for those who ask the worker about it; kept kernels are those of their base', () => {
    expect(record.on(other).run(0, 'inmerge')?.key).toMatchObject({ arm: 'inmerge', base: other });
    const kept = { ...nothingKept, epochs: [{ seed: 0, arm: 'baseline', epoch: 1, base: other }] };
    expect(lookedAt(record, kept, nothingSelected)).toBeNull();
    expect(
      lookedAt(record.on(other), { ...kept, epochs: [...kept.epochs, { ...kept.epochs[0]!, arm: 'inmerge' }] }, nothingSelected),
    ).toMatchObject({ epochs: [1] });
    // The last run that was told of is of the other base: its networks are at hand.
    expect(armsAtHand(record)).toEqual([]);
    expect(armsAtHand(record.on(other))).toContain('inmerge');
  });

  test('what is saved tells the bases apart, and of one base has no column more', () => {
    const [head = '', ...rows] = epochsCsv(record);
    expect(head.startsWith('seed,base,phase,arm,epoch')).toBe(true);
    expect(rows.map((row) => row.split(',').slice(0, 5))).toEqual([
      ['0', '', 'finetune', 'baseline', '1'],
      ['0', other, 'finetune', 'baseline', '1'],
    ]);
    expect(epochsCsv(recordOf([0]))[0]).not.toContain('base');
    expect(
      resultsText(record)
        .split('\n')
        .filter((line) => line.startsWith('VGG')),
    ).toEqual(['VGG-8-BN', 'VGG-11-BN']);
  });
});
