/** What the labels alone can tell: gaps, classes that a split lacks, and the score that no learning at all would get. */
import { countText, shown } from '../base/bytes.ts';
import type { Check, Dataset, DatasetSummary, SplitName } from './dataset.ts';

type Counts = DatasetSummary['classCounts'];

/** Sentences for the report; `counts` as in the summary. */
export function labelChecks(dataset: Dataset, counts: Counts): Check[] {
  const present = (['train', 'val', 'test'] as const).flatMap((split) => {
    const of = counts[split];
    return of === null ? [] : [{ split, counts: of }];
  });
  const checks: Check[] = [];
  const last = dataset.classNames.length - 1;
  const nowhere = dataset.classNames.flatMap((_, index) => (present.every((split) => split.counts[index] === 0) ? [index] : []));
  const multi = dataset.task === 'multi-label';
  const nameOf = (index: number): string => `${index} (${shown(dataset.classNames[index] ?? '', 40)})`;
  if (nowhere.length === 0) {
    checks.push({ level: 'passed', text: multi ? `${last + 1} labels, each 0 or 1` : `Labels 0 to ${last}, no gaps` });
  } else {
    checks.push({
      level: 'review',
      text: `Labels 0 to ${last} with ${nowhere.length === 1 ? 'a gap' : 'gaps'}: no image of class ${listed(nowhere.map(nameOf))}`,
      effect:
        'The network gets an output for each of these classes that never occurs; AUC leaves them out. Renumber the labels if they have no meaning.',
    });
  }
  let lacking = nowhere.length > 0;
  for (const { split, counts: of } of present) {
    const absent = of.flatMap((count, index) => (count === 0 && !nowhere.includes(index) ? [index] : []));
    if (absent.length === 0) continue;
    lacking = true;
    const word = absent.length === 1 ? 'Class' : 'Classes';
    checks.push({
      level: 'review',
      text: `${word} ${listed(absent.map(nameOf))} absent from the ${split} split`,
      effect: effectOf(split),
    });
  }
  if (!lacking) checks.push({ level: 'passed', text: 'Every class in every split' });
  if (dataset.splits.test === null) {
    checks.push({
      level: 'note',
      text: 'No test split: test scores are left out; the validation scores have chosen the epoch and are a little high.',
    });
  }
  const judged = counts.test ?? counts.val;
  const total = (dataset.splits.test ?? dataset.splits.val).count;
  const where = counts.test === null ? 'validation' : 'test';
  if (!multi) {
    const most = judged.indexOf(Math.max(...judged));
    const share = (judged[most] ?? 0) / total;
    checks.push({
      level: 'note',
      text: `Always answering “${shown(dataset.classNames[most] ?? '', 40)}” would score ACC ${share.toFixed(3)} on the ${where} split.`,
    });
  } else {
    const ones = judged.reduce((sum, count) => sum + count, 0);
    const share = 1 - ones / (total * judged.length);
    checks.push({
      level: 'note',
      text: `Always answering “no label” would score ACC ${share.toFixed(3)} on the ${where} split; read AUC instead.`,
    });
  }
  return checks;
}

function effectOf(split: SplitName): string {
  if (split === 'train')
    return 'The network cannot learn what it never sees: every such image will count as an error, and scores come out lower.';
  const scores = split === 'val' ? 'Validation scores, by which the epoch is chosen,' : 'Test scores';
  return `${scores} say nothing about it, and AUC is undefined for it. Add images of it to the split if you can.`;
}

function listed(items: readonly string[]): string {
  const shownItems = items.slice(0, 5).join(', ');
  return items.length > 5 ? `${shownItems} and ${countText(items.length - 5)} more` : shownItems;
}
