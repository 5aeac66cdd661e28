/** What the page saves: epochs and merges as CSV, the results table as tab-separated text. Numbers keep full precision. */
import { armTitle } from '../recipe/arms.ts';
import { results } from './comparison.ts';
import type { ExperimentRecord } from './record.ts';

const line = (cells: readonly (string | number | boolean | null)[]): string => `${cells.map((cell) => cell ?? '').join(',')}\n`;

/** One row per run and epoch. */
export function epochsCsv(record: ExperimentRecord): string[] {
  const parts = [
    line([
      'seed',
      'phase',
      'arm',
      'epoch',
      'train_loss',
      'learning_rate',
      'val_loss',
      'val_accuracy',
      'val_auc',
      'best_so_far',
      'train_ms',
    ]),
  ];
  for (const run of record.runs.values()) {
    for (const point of run.epochs) {
      const { seed, phase, arm } = run.key;
      parts.push(
        line([
          seed,
          phase,
          arm,
          point.epoch,
          point.trainLoss,
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
  const parts = [line(['seed', 'phase', 'arm', 'step', 'train_loss'])];
  for (const run of record.runs.values()) {
    const { seed, phase, arm } = run.key;
    const losses = run.losses.view();
    let block = '';
    losses.forEach((value, step) => {
      if (!Number.isNaN(value)) block += line([seed, phase, arm, step, value]);
    });
    parts.push(block);
  }
  return parts;
}

/** One row per accepted merge, in parts that a Blob joins without one huge string. */
export function mergesCsv(record: ExperimentRecord, titles: readonly string[]): string[] {
  const parts = [line(['seed', 'arm', 'epoch', 'step', 'layer_index', 'layer', 'i', 'j', 'similarity'])];
  let block = '';
  for (let k = 0; k < record.log.length; k++) {
    const row = record.log.row(k, null);
    if (row === null) break;
    block += line([row.seed, row.arm, row.epoch, row.step, row.layer, titles[row.layer] ?? '', row.i, row.j, row.similarity]);
    if (k % 4096 === 4095) {
      parts.push(block);
      block = '';
    }
  }
  parts.push(block);
  return parts;
}

/** The results table for a spreadsheet or a paper: tab-separated, percent and AUC. */
export function resultsText(record: ExperimentRecord): string {
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
      'InMerge - Baseline',
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
