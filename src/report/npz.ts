/**
 * `results.npz`: an experiment's numbers as arrays for NumPy. Arms stand in the order of `arms` (a JSON text as bytes:
 * `json.loads(bytes(z['arms']))`), seeds in that of `seeds`; what a run has not reached is NaN. Where there are several bases
 * they stand in the order of `bases`, and every array of runs has them as its first axis.
 */
import { npzPieces, type NpzArray } from '../data/npzWriter.ts';
import type { SplitMetrics } from '../experiment/events.ts';
import type { EpochEvent, Study, StudyRun } from './study.ts';

export function resultsNpz(study: Study): Uint8Array<ArrayBuffer>[] {
  const { bases } = study;
  const [first, ...others] = bases.map((base) => arraysOf(base.study)) as [Arrays, ...Arrays[]];
  if (others.length === 0) return npzPieces(first);
  const arrays = new Map([...first].map(([name, array]) => [name, common.has(name) ? array : stacked(name, [first, ...others])]));
  arrays.set('bases', bytes(JSON.stringify(bases.map(({ base, title }) => ({ base: base.name, title })))));
  return npzPieces(arrays);
}

type Arrays = Map<string, NpzArray>;

/** The same for all bases. */
const common: ReadonlySet<string> = new Set(['arms', 'seeds', 'classes', 'test_images', 'test_labels']);

/** That array of every base, one after the other. */
function stacked(name: string, all: readonly Arrays[]): NpzArray {
  const parts = all.map((arrays) => arrays.get(name));
  const { shape, values } = parts[0] as NpzArray;
  const joined =
    values instanceof Float32Array
      ? new Float32Array(values.length * parts.length)
      : new Float64Array(values.length * parts.length);
  joined.fill(Number.NaN);
  parts.forEach((part, at) => part && joined.set(part.values as Float64Array, at * values.length));
  return { shape: [parts.length, ...shape], values: joined };
}

function arraysOf(study: Study): Arrays {
  const { arms, recipe, seeds, testSplit } = study;
  const arrays = new Map<string, NpzArray>([
    ['arms', bytes(JSON.stringify(arms.map((arm) => arm.name)))],
    ['seeds', { shape: [seeds.length], values: Uint32Array.from(seeds) }],
  ]);
  const names = arms.map((arm) => arm.name);
  const cells = names.flatMap((arm) => seeds.map((seed) => study.run(seed, arm)));
  const backbones = seeds.map((seed) => study.run(seed, null));
  const byEpoch = (runs: readonly (StudyRun | null)[], epochs: number, pick: (event: EpochEvent) => number | null) =>
    Float64Array.from(
      runs.flatMap((run) => {
        const row = Array.from({ length: epochs + 1 }, () => Number.NaN);
        for (const event of run?.epochs ?? []) row[event.epoch] = pick(event) ?? Number.NaN;
        return row;
      }),
    );
  const figures = {
    loss: (val: SplitMetrics) => val.loss,
    accuracy: (val: SplitMetrics) => val.accuracy,
    auc: (val: SplitMetrics) => val.auc,
  };
  const [before, after] = [recipe.backbone.epochs, recipe.finetune.epochs];
  const setByEpoch = (name: string, pick: (event: EpochEvent) => number | null) => {
    arrays.set(`backbone_${name}`, { shape: [seeds.length, before + 1], values: byEpoch(backbones, before, pick) });
    arrays.set(name, { shape: [arms.length, seeds.length, after + 1], values: byEpoch(cells, after, pick) });
  };
  setByEpoch('train_accuracy', (event) => event.trainAccuracy ?? null);
  for (const [name, pick] of Object.entries(figures)) {
    setByEpoch(`val_${name}`, (event) => pick(event.val));
    arrays.set(`${study.split === 'test' ? 'test' : 'selected_val'}_${name}`, {
      shape: [arms.length, seeds.length],
      values: Float64Array.from(cells, (run) => {
        const metrics = run?.result ? (run.result.test ?? run.result.val) : null;
        return metrics === null ? Number.NaN : (pick(metrics) ?? Number.NaN);
      }),
    });
  }
  arrays.set('merges', {
    shape: [arms.length, seeds.length],
    values: Float64Array.from(cells, (run) => run?.result?.merges ?? Number.NaN),
  });
  if (testSplit === null) return arrays;
  const classes = testSplit.classNames.length;
  const images = testSplit.images.length;
  const scores = new Float32Array(cells.length * images * classes).fill(Number.NaN);
  cells.forEach((run, at) => {
    if (run?.scores?.length === images * classes) scores.set(run.scores, at * images * classes);
  });
  arrays.set('classes', bytes(JSON.stringify(testSplit.classNames)));
  arrays.set('test_scores', { shape: [arms.length, seeds.length, images, classes], values: scores });
  arrays.set('test_images', { shape: [images], values: Uint32Array.from(testSplit.images) });
  arrays.set('test_labels', {
    shape: testSplit.task === 'multi-label' ? [images, classes] : [images],
    values: Uint16Array.from(testSplit.labels),
  });
  return arrays;
}

function bytes(text: string): NpzArray {
  const values = new TextEncoder().encode(text);
  return { shape: [values.length], values };
}
