/** `metrics.csv`: a row for every run, epoch and split. Numbers in full precision; a cell is empty where there is no number. */
import { runName, type RunKey, type SplitMetrics } from '../experiment/events.ts';
import type { EpochEvent, ResultEvent } from './study.ts';

const columns = [
  'seed',
  'base',
  'phase',
  'arm',
  'epoch',
  'split',
  'loss',
  'accuracy',
  'auc',
  'learning_rate',
  'train_loss',
  'train_accuracy',
  'best',
] as const;

type Cell = string | number | boolean | null;

const line = (cells: readonly Cell[]): string => `${cells.map((cell) => cell ?? '').join(',')}\n`;
const metrics = ({ loss, accuracy, auc }: SplitMetrics): Cell[] => [loss, accuracy, auc];

/**
 * Validation after each epoch, then the test row of the selected epoch. `train_loss` and `train_accuracy` are of the training
 * images in passing, during the epoch, with augmented images and changing weights. `best`: best so far of its run; true for test. There
 * is a column for the base where there are several; the recipe's own has no name.
 */
export function metricsCsv(record: { readonly epochs: readonly EpochEvent[]; readonly results: readonly ResultEvent[] }): string {
  const several = record.epochs.some(({ run }) => run.base !== undefined);
  const named = ({ seed, base, phase, arm }: RunKey): Cell[] => [seed, ...(several ? [base ?? null] : []), phase, arm];
  const order = new Map<string, string[]>();
  const add = ({ run }: EpochEvent | ResultEvent, text: string): void => {
    const name = runName(run);
    const rows = order.get(name) ?? [];
    rows.push(text);
    order.set(name, rows);
  };
  for (const event of record.epochs) {
    const { epoch, val, learningRate, trainLoss, trainAccuracy = null, best } = event;
    add(event, line([...named(event.run), epoch, 'val', ...metrics(val), learningRate, trainLoss, trainAccuracy, best]));
  }
  for (const event of record.results) {
    const { selectedEpoch, test } = event;
    if (test !== null) add(event, line([...named(event.run), selectedEpoch, 'test', ...metrics(test), null, null, null, true]));
  }
  return line(columns.filter((column) => several || column !== 'base')) + [...order.values()].flat().join('');
}
