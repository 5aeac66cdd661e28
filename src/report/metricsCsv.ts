/** `metrics.csv`: a row for every run, epoch and split. Numbers in full precision; a cell is empty where there is no number. */
import type { SplitMetrics } from '../experiment/events.ts';
import type { EpochEvent, ResultEvent } from './study.ts';

const columns = [
  'seed',
  'phase',
  'arm',
  'epoch',
  'split',
  'loss',
  'accuracy',
  'auc',
  'learning_rate',
  'train_loss',
  'best',
] as const;

type Cell = string | number | boolean | null;

const line = (cells: readonly Cell[]): string => `${cells.map((cell) => cell ?? '').join(',')}\n`;
const metrics = ({ loss, accuracy, auc }: SplitMetrics): Cell[] => [loss, accuracy, auc];

/** Validation after each epoch, then the test row of the selected epoch. `best`: best so far of its run; true for test. */
export function metricsCsv(record: { readonly epochs: readonly EpochEvent[]; readonly results: readonly ResultEvent[] }): string {
  const order = new Map<string, string[]>();
  const add = ({ run }: EpochEvent | ResultEvent, text: string): void => {
    const name = `${run.seed}/${run.arm ?? ''}`;
    const rows = order.get(name) ?? [];
    rows.push(text);
    order.set(name, rows);
  };
  for (const event of record.epochs) {
    const { seed, phase, arm } = event.run;
    const { epoch, val, learningRate, trainLoss, best } = event;
    add(event, line([seed, phase, arm, epoch, 'val', ...metrics(val), learningRate, trainLoss, best]));
  }
  for (const event of record.results) {
    const { seed, phase, arm } = event.run;
    const { selectedEpoch, test } = event;
    if (test !== null) add(event, line([seed, phase, arm, selectedEpoch, 'test', ...metrics(test), null, null, true]));
  }
  return line(columns) + [...order.values()].flat().join('');
}
