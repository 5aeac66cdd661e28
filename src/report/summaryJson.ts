/** `report.json`: the figures of an experiment in full precision, for a script that goes on from there. */
import { classMetrics, type ClassMetrics, type TestSplit } from './classMetrics.ts';
import { certainty, settles } from './certainty.ts';
import { differenceOf } from './tables.ts';
import { summarise } from './statistics.ts';
import { selectionText, type ResultEvent, type Study } from './study.ts';

/** Where there are several bases, whatever is of one says of which: null is the recipe's own. */
export function summaryJson(study: Study): string {
  const { bases, recipe, split } = study;
  const parts = bases.map(({ base, study: each }) => partOf(each, bases.length === 1 ? {} : { base: base.name }));
  const report = {
    format: 'inmerge-report',
    version: 1,
    dataset: study.results.record.datasetTitle,
    recipe,
    split,
    selection: selectionText(study),
    elapsedMs: study.elapsedMs,
    ...(bases.length === 1
      ? {}
      : { bases: bases.map(({ base: { name, network, start }, title }) => ({ base: name, title, network, start })) }),
    arms: parts.flatMap((part) => part.arms),
    differences: {
      accuracy: parts.flatMap((part) => part.differences.accuracy),
      auc: parts.flatMap((part) => part.differences.auc),
    },
    runs: parts.flatMap((part) => part.runs),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function partOf(study: Study, of: { readonly base?: string | null }) {
  const { arms, baseline, seeds, testSplit } = study;
  const difference = (name: 'accuracy' | 'auc') =>
    arms.flatMap((arm) => {
      const found = differenceOf(study, arm, (metrics) => metrics[name]);
      return found === null
        ? []
        : [{ ...of, arm: arm.name, minus: baseline?.name, ...found, settles: settles(found), says: certainty(found) }];
    });
  return {
    arms: arms.map((arm) => {
      const own = seeds.flatMap((seed) => study.metrics(seed, arm.name) ?? []);
      return {
        ...of,
        arm: arm.name,
        merging: arm.merging,
        accuracy: summarise(own.map((metrics) => metrics.accuracy)),
        auc: summarise(own.flatMap((metrics) => metrics.auc ?? [])),
      };
    }),
    differences: { accuracy: difference('accuracy'), auc: difference('auc') },
    runs: study.runs.flatMap(({ arm, epochs, result, scores, seed }) =>
      result === null
        ? []
        : [
            {
              seed,
              ...of,
              arm,
              selectedEpoch: result.selectedEpoch,
              // Of that epoch, in passing.
              trainAccuracy: epochs.find(({ epoch }) => epoch === result.selectedEpoch)?.trainAccuracy ?? null,
              val: result.val,
              test: result.test,
              classes: scores === null || testSplit === null ? null : classesOf(scores, testSplit, result),
              merges: result.merges,
              tried: result.tried,
              highestSimilarity: result.highestSimilarity,
              trainMs: Math.round(result.trainMs),
            },
          ],
    ),
  };
}

/** AUCs as they were measured: scores are kept as float32, in which two near 1 may have become one. */
const classesOf = (scores: Float32Array, split: TestSplit, { test }: ResultEvent): ClassMetrics[] =>
  classMetrics(scores, split).map((each, k) => ({ ...each, auc: test?.classAuc[k] ?? each.auc }));
