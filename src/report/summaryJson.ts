/** `report.json`: the figures of an experiment in full precision, for a script that goes on from there. */
import { classMetrics } from './classMetrics.ts';
import { certainty, settles } from './certainty.ts';
import { differenceOf } from './tables.ts';
import { summarise } from './statistics.ts';
import { selectionText, type Study } from './study.ts';

export function summaryJson(study: Study): string {
  const { arms, baseline, recipe, seeds, split, testSplit } = study;
  const difference = (name: 'accuracy' | 'auc') =>
    arms.flatMap((arm) => {
      const found = differenceOf(study, arm, (metrics) => metrics[name]);
      return found === null
        ? []
        : [{ arm: arm.name, minus: baseline?.name, ...found, settles: settles(found), says: certainty(found) }];
    });
  const report = {
    format: 'inmerge-report',
    version: 1,
    dataset: study.results.record.datasetTitle,
    recipe,
    split,
    selection: selectionText(study),
    elapsedMs: study.elapsedMs,
    arms: arms.map((arm) => {
      const own = seeds.flatMap((seed) => study.metrics(seed, arm.name) ?? []);
      return {
        arm: arm.name,
        merging: arm.merging,
        accuracy: summarise(own.map((metrics) => metrics.accuracy)),
        auc: summarise(own.flatMap((metrics) => metrics.auc ?? [])),
      };
    }),
    differences: { accuracy: difference('accuracy'), auc: difference('auc') },
    runs: study.runs.flatMap(({ arm, result, scores, seed }) =>
      result === null
        ? []
        : [
            {
              seed,
              arm,
              selectedEpoch: result.selectedEpoch,
              val: result.val,
              test: result.test,
              classes: scores === null || testSplit === null ? null : classMetrics(scores, testSplit),
              merges: result.merges,
              tried: result.tried,
              highestSimilarity: result.highestSimilarity,
              trainMs: Math.round(result.trainMs),
            },
          ],
    ),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
