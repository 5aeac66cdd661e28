/**
 * The tables of an experiment: the paper's two (AUROC per class; mean and deviation over repeats), the seeds one by one,
 * accuracy by class, and McNemar's test. A figure never stands without how many seeds it is over.
 */
import type { SplitMetrics } from '../experiment/events.ts';
import { certainty } from './certainty.ts';
import { classMetrics, rightOf, type ClassMetrics } from './classMetrics.ts';
import { mcNemar } from './mcnemar.ts';
import { fixed, intervalText, pText, signed, spreadText } from './numberText.ts';
import { pairedDifference, summarise, type PairedDifference } from './statistics.ts';
import { selectionText, type Study, type StudyArm } from './study.ts';
import { number, percent, text, type Cell, type Column, type Table } from './table.ts';

const column = (name: string, numeric = true): Column => ({ name, numeric });
const dash: Cell = { text: '–', value: null };
const accuracyOf = ({ accuracy }: SplitMetrics): number => accuracy;

/** The difference of an arm to the baseline over the seeds that have both; null where there is none. */
export function differenceOf(
  study: Study,
  arm: StudyArm,
  pick: (metrics: SplitMetrics) => number | null = accuracyOf,
): PairedDifference | null {
  const { baseline } = study;
  return baseline === null || baseline.name === arm.name ? null : pairedDifference(study.pairs(baseline.name, arm.name, pick));
}

/** Table 2 of the paper: accuracy and AUC of every arm over the repeats, with the paired difference to the baseline. */
export function table2(study: Study): Table | null {
  const { arms, baseline } = study;
  const rows = arms.flatMap((arm) => {
    const own = study.seeds.flatMap((seed) => study.metrics(seed, arm.name) ?? []);
    const accuracy = summarise(own.map(accuracyOf));
    if (accuracy === null) return [];
    const auc = summarise(own.flatMap((metrics) => metrics.auc ?? []));
    const difference = differenceOf(study, arm);
    return [
      [
        text(arm.title),
        number(accuracy.n, String),
        percent(accuracy.mean, () => spreadText(accuracy, 100, 2)),
        percent(accuracy.std, (std) => fixed(std, 2)),
        auc === null ? dash : { text: spreadText(auc, 1, 4), value: auc.mean },
        number(auc?.std ?? null, (std) => fixed(std, 4)),
        percent(difference?.mean ?? null, (mean) => signed(mean, 2)),
        difference === null || difference.interval === null ? text('–') : text(intervalText(difference.interval, 100, 2)),
        number(difference?.p ?? null, pText),
        difference === null ? text('–') : text(`${difference.wins} of ${difference.n}`),
      ],
    ];
  });
  if (rows.length === 0) return null;
  const notes = [selectionText(study), 'Figures are mean ± standard deviation over seeds.'];
  if (baseline !== null)
    notes.push(`Differences are to ${baseline.title}, seed by seed; brackets are the 95 % interval of Student’s t.`);
  for (const arm of arms) {
    const difference = differenceOf(study, arm);
    if (difference !== null) notes.push(`${arm.title}: ${certainty(difference)}`);
  }
  return {
    id: 'table2',
    title: `${study.split === 'test' ? 'Test' : 'Validation'} accuracy and AUC`,
    notes,
    columns: [
      column('Arm', false),
      column('Seeds'),
      column('ACC, %'),
      { ...column('ACC std, pp'), again: true },
      column('AUC'),
      { ...column('AUC std'), again: true },
      column('Difference, pp'),
      column('95 % CI, pp'),
      column('p'),
      column('Seeds ahead'),
    ],
    rows,
    foot: [],
  };
}

/** Table 1 of the paper: one-vs-rest AUROC of each class (or finding), and their mean, of every arm. */
export function table1(study: Study): Table | null {
  const names = study.testSplit?.classNames ?? study.started?.data?.classNames ?? null;
  const arms = study.arms.filter((arm) => study.runsOf(arm.name).some((run) => run.result !== null && run.result.test !== null));
  if (arms.length === 0) return null;
  const areas = (arm: StudyArm) => study.runsOf(arm.name).flatMap((run) => (run.result?.test ? [run.result.test] : []));
  const classes = Math.max(...arms.flatMap((arm) => areas(arm).map((test) => test.classAuc.length)));
  const cell = (values: readonly (number | null)[]): Cell => {
    // A class without an AUC in one seed has none in any: a mean over fewer seeds is not drawn as one over all.
    const known = values.flatMap((value) => value ?? []);
    const found = known.length === values.length ? summarise(known) : null;
    return found === null ? dash : { text: spreadText(found, 1, 4), value: found.mean };
  };
  const counts = arms.map((arm) => areas(arm).length);
  return {
    id: 'table1',
    title: study.testSplit?.task === 'multi-label' ? 'Test AUROC per finding' : 'Test AUROC per class, one against the rest',
    notes: [
      selectionText(study),
      Math.max(...counts) === 1 ? 'One seed.' : `Mean ± standard deviation over ${[...new Set(counts)].join(' or ')} seeds.`,
    ],
    columns: [column('Class', false), ...arms.map((arm) => column(arm.title))],
    rows: Array.from({ length: classes }, (_, k) => [
      text(names?.[k] ?? `class ${k}`),
      ...arms.map((arm) => cell(areas(arm).map((test) => test.classAuc[k] ?? null))),
    ]),
    foot: [
      [
        text(study.started?.data?.task === 'binary-class' ? 'AUC' : 'Mean'),
        ...arms.map((arm) => cell(areas(arm).map((test) => test.auc))),
      ],
    ],
  };
}

/** Of the scores kept with the runs: how many of a class's images each arm recognised. */
export function classTable(study: Study): Table | null {
  const { testSplit } = study;
  if (testSplit === null) return null;
  const found = study.arms.flatMap((arm) => {
    const runs = study.runsOf(arm.name).flatMap((run) => (run.scores === null ? [] : [classMetrics(run.scores, testSplit)]));
    return runs.length === 0 ? [] : [{ arm, runs }];
  });
  if (found.length === 0) return null;
  const multi = testSplit.task === 'multi-label';
  const cell = (runs: readonly ClassMetrics[][], k: number): Cell => {
    const summary = summarise(runs.flatMap((run) => run[k]?.accuracy ?? []));
    return percent(summary?.mean ?? null, () => (summary === null ? '–' : spreadText(summary, 100, 2)));
  };
  return {
    id: 'classes',
    title: multi ? 'Test accuracy per finding' : 'Test accuracy per class',
    notes: [
      multi
        ? 'Share of all test images judged right for that finding, at a score of one half.'
        : 'Share of a class’s own test images that were recognised.',
    ],
    columns: [column('Class', false), column('Images'), ...found.map(({ arm }) => column(`${arm.title}, %`))],
    rows: testSplit.classNames.map((name, k) => [
      text(name),
      number(found[0]?.runs[0]?.[k]?.images ?? null, String),
      ...found.map(({ runs }) => cell(runs, k)),
    ]),
    foot: [],
  };
}

/** Every seed with the accuracy and AUC of every arm, and the difference to the baseline. */
export function seedTable(study: Study): Table | null {
  const { arms, baseline } = study;
  const rows = study.seeds.flatMap((seed) => {
    const own = arms.map((arm) => study.metrics(seed, arm.name));
    if (own.every((metrics) => metrics === null)) return [];
    const base = baseline === null ? null : study.metrics(seed, baseline.name);
    return [
      [
        text(String(seed)),
        ...arms.flatMap((arm, at) => {
          const metrics = own[at] ?? null;
          const cells = [
            percent(metrics?.accuracy ?? null, (value) => fixed(value, 2)),
            number(metrics?.auc ?? null, (value) => fixed(value, 4)),
          ];
          if (baseline === null || arm.name === baseline.name) return cells;
          const difference = metrics === null || base === null ? null : metrics.accuracy - base.accuracy;
          return [...cells, percent(difference, (value) => signed(value, 2))];
        }),
      ],
    ];
  });
  if (rows.length === 0) return null;
  return {
    id: 'seeds',
    title: `${study.split === 'test' ? 'Test' : 'Validation'} results by seed`,
    notes: [selectionText(study)],
    columns: [
      column('Seed', false),
      ...arms.flatMap((arm) => [
        column(`${arm.title} ACC, %`),
        column(`${arm.title} AUC`),
        ...(baseline === null || arm.name === baseline.name ? [] : [column(`${arm.title} − ${baseline.title}, pp`)]),
      ]),
    ],
    rows,
    foot: [],
  };
}

/** Of each seed's pair of networks: on which test images they differ, and how likely that is by chance. */
export function mcNemarTable(study: Study): Table | null {
  const { baseline, testSplit } = study;
  // A test image of many findings is no single paired outcome.
  if (baseline === null || testSplit === null || testSplit.task === 'multi-label') return null;
  const rows = study.arms.flatMap((arm) => {
    if (arm.name === baseline.name) return [];
    return study.seeds.flatMap((seed) => {
      const before = study.run(seed, baseline.name)?.scores ?? null;
      const after = study.run(seed, arm.name)?.scores ?? null;
      if (before === null || after === null) return [];
      const found = mcNemar(rightOf(before, testSplit), rightOf(after, testSplit));
      return [
        [
          text(arm.title),
          text(String(seed)),
          number(found.onlyBefore, String),
          number(found.onlyAfter, String),
          text(found.method === 'exact' ? 'exact binomial' : `χ² = ${fixed(found.chiSquared ?? 0, 2)}, corrected`),
          number(found.p, pText),
        ],
      ];
    });
  });
  if (rows.length === 0) return null;
  return {
    id: 'mcnemar',
    title: 'McNemar’s test on the test predictions of each seed',
    notes: [
      'It asks whether two trained networks differ on these images. It says nothing about other seeds; and of many tests at 0.05, one in twenty is below it by chance.',
    ],
    columns: [
      column('Arm', false),
      column('Seed', false),
      column(`Right in ${baseline.title} only`),
      column('Right in the arm only'),
      column('Test', false),
      column('p'),
    ],
    rows,
    foot: [],
  };
}
