/** What the page saves: epochs and merges as CSV, the results table as tab-separated text. Numbers keep full precision. */
import { armTitle } from '../recipe/arms.ts';
import { results } from './comparison.ts';
import type { ExperimentRecord, Run } from './record.ts';

const line = (cells: readonly (string | number | boolean | null)[]): string => `${cells.map((cell) => cell ?? '').join(',')}\n`;

/** Every run of every base; `base` is a column where there are several, and empty for the recipe's own. */
const runsOfAll = (record: ExperimentRecord): Run[] => record.bases.flatMap((each) => [...each.runs.values()]);
const baseHead = (record: ExperimentRecord): string[] => (record.bases.length === 1 ? [] : ['base']);
const baseCell = (record: ExperimentRecord, base: string | null | undefined): (string | null)[] =>
  record.bases.length === 1 ? [] : [base ?? null];

/** One row per run and epoch. */
export function epochsCsv(record: ExperimentRecord): string[] {
  const parts = [
    line([
      'seed',
      ...baseHead(record),
      'phase',
      'arm',
      'epoch',
      'train_loss',
      'train_accuracy',
      'learning_rate',
      'val_loss',
      'val_accuracy',
      'val_auc',
      'best_so_far',
      'train_ms',
    ]),
  ];
  for (const run of runsOfAll(record)) {
    for (const point of run.epochs) {
      const { seed, phase, arm } = run.key;
      parts.push(
        line([
          seed,
          ...baseCell(record, run.key.base),
          phase,
          arm,
          point.epoch,
          point.trainLoss,
          point.trainAccuracy,
          point.learningRate,
          point.val.loss,
          point.val.accuracy,
          point.val.auc,
          point.best,
          Math.round(point.trainMs),
        ]),
      );
    }
  }
  return parts;
}

/** One row per optimiser step: what the loss curve draws, before any averaging. */
export function lossesCsv(record: ExperimentRecord): string[] {
  const parts = [line(['seed', ...baseHead(record), 'phase', 'arm', 'step', 'train_loss'])];
  for (const run of runsOfAll(record)) {
    const { seed, phase, arm } = run.key;
    const base = baseCell(record, run.key.base);
    const losses = run.losses.view();
    let block = '';
    losses.forEach((value, step) => {
      if (!Number.isNaN(value)) block += line([seed, ...base, phase, arm, step, value]);
    });
    parts.push(block);
  }
  return parts;
}

/** One row per accepted merge, in parts that a Blob joins without one huge string; `titlesOf` names a base's layers. */
export function mergesCsv(record: ExperimentRecord, titlesOf: (of: ExperimentRecord) => readonly string[]): string[] {
  const parts = [line(['seed', ...baseHead(record), 'arm', 'epoch', 'step', 'layer_index', 'layer', 'i', 'j', 'similarity'])];
  let block = '';
  for (const each of record.bases) {
    const titles = titlesOf(each);
    const base = baseCell(record, each.base);
    for (let k = 0; k < each.log.length; k++) {
      const row = each.log.row(k, null);
      if (row === null) break;
      const { seed, arm, epoch, step, layer, i, j, similarity } = row;
      block += line([seed, ...base, arm, epoch, step, layer, titles[layer] ?? '', i, j, similarity]);
      if (k % 4096 === 4095) {
        parts.push(block);
        block = '';
      }
    }
  }
  parts.push(block);
  return parts;
}

/** The results table for a spreadsheet or a paper: tab-separated, percent and AUC. */
export function resultsText(record: ExperimentRecord): string {
  const parts = record.bases.map((each) => ({ title: each.title, text: textOfBase(each) })).filter(({ text }) => text !== '');
  return parts.map(({ title, text }) => (title === '' ? text : `${title}\n${text}`)).join('\n');
}

function textOfBase(record: ExperimentRecord): string {
  const found = results(record);
  if (found === null) return '';
  const percent = (value: number) => (value * 100).toFixed(2);
  const rows = [['arm', 'seeds', `${found.split} ACC (%)`, 'std', `${found.split} AUC`, 'std', 'train time (s)', 'merges']];
  for (const arm of found.arms) {
    rows.push([
      armTitle(arm.arm),
      String(arm.accuracy.n),
      percent(arm.accuracy.mean),
      arm.accuracy.std === null ? '' : percent(arm.accuracy.std),
      arm.auc?.mean.toFixed(4) ?? '',
      arm.auc?.std?.toFixed(4) ?? '',
      (arm.trainMs / 1000).toFixed(1),
      arm.merges ? String(arm.mergeCount) : '',
    ]);
  }
  if (found.accuracy !== null) {
    const { n, mean, std, interval } = found.accuracy;
    rows.push([
      `${found.compared === null ? 'InMerge' : armTitle(found.compared)} - Baseline`,
      String(n),
      percent(mean),
      std === null ? '' : percent(std),
      found.auc?.mean.toFixed(4) ?? '',
      found.auc?.std?.toFixed(4) ?? '',
      '',
      '',
    ]);
    if (interval !== null)
      rows.push(['95 % CI of the difference (paired t)', String(n), `${percent(interval[0])} to ${percent(interval[1])}`]);
  }
  return rows.map((row) => row.join('\t')).join('\n');
}
