/**
 * What robustness measurements say of the arms: per corruption the error (mean over five severities, then over seeds), its
 * rise over the clean test split, and the paired difference between two arms over the seeds that both have.
 */
import type { CorruptionName } from '../data/corruption/corruption.ts';
import type { Robustness, RunRobustness } from '../experiment/robustness.ts';
import { mean, pairedDifference, summarise, type PairedDifference, type Summary } from './statistics.ts';

export interface ArmRobustness {
  readonly arm: string;
  /** Balanced error, mean over severities. */
  readonly error: Summary;
  /** That error minus the same run's clean error. */
  readonly rise: Summary;
}

export interface RobustnessRow {
  /** Null for the mean over all corruptions. */
  readonly corruption: CorruptionName | null;
  readonly arms: readonly ArmRobustness[];
  /** Second arm minus first, seed by seed; null for fewer than two arms or no common seed. */
  readonly error: PairedDifference | null;
  readonly rise: PairedDifference | null;
}

export interface RobustnessTable {
  readonly arms: readonly string[];
  /** Balanced error on the clean split, per arm. */
  readonly clean: readonly { readonly arm: string; readonly error: Summary }[];
  /** One row per corruption, then the mean over all of them. */
  readonly rows: readonly RobustnessRow[];
}

/**
 * @param arms which to show and in which order; the paired difference is the second minus the first
 * @param base which of the recipe's bases they stand on; absent for its own
 */
export function robustnessTable({ runs: all, corruptions }: Robustness, arms: readonly string[], base?: string): RobustnessTable {
  const runs = all.filter(({ run }) => run.base === base);
  const present = arms.filter((arm) => runs.some(({ run }) => run.arm === arm));
  const of = (arm: string | undefined) => runs.filter(({ run }) => run.arm === arm);
  const [first, second] = present;

  const row = (corruption: CorruptionName | null, errorOf: (run: RunRobustness) => number): RobustnessRow => {
    const pairs = (value: (run: RunRobustness) => number) =>
      of(first).flatMap((before) => {
        const after = of(second).find(({ run }) => run.seed === before.run.seed);
        return after === undefined ? [] : [{ before: value(before), after: value(after) }];
      });
    const riseOf = (run: RunRobustness) => errorOf(run) - run.clean;
    return {
      corruption,
      arms: present.map((arm) => ({ arm, error: summaryOf(of(arm).map(errorOf)), rise: summaryOf(of(arm).map(riseOf)) })),
      error: pairedDifference(pairs(errorOf)),
      rise: pairedDifference(pairs(riseOf)),
    };
  };

  const errorAt = (run: RunRobustness, at: number) => mean(run.errors[at] ?? []);
  return {
    arms: present,
    clean: present.map((arm) => ({ arm, error: summaryOf(of(arm).map(({ clean }) => clean)) })),
    rows: [
      ...corruptions.map((name, at) => row(name, (run) => errorAt(run, at))),
      row(null, (run) => mean(corruptions.map((_, at) => errorAt(run, at)))),
    ],
  };
}

function summaryOf(values: readonly number[]): Summary {
  const summary = summarise(values);
  if (summary === null) throw new Error('An arm without runs has no mean.');
  return summary;
}

/** One row per run, corruption and severity; severity 0 is the clean split; the recipe's own base has no name. Numbers keep full precision. */
export function robustnessCsv({ runs, corruptions }: Robustness): string {
  const several = runs.some(({ run }) => run.base !== undefined);
  const lines = [`seed,${several ? 'base,' : ''}arm,corruption,severity,balanced_error`];
  for (const { run, clean, errors } of runs) {
    const before = `${run.seed},${several ? `${run.base ?? ''},` : ''}${run.arm ?? ''}`;
    lines.push(`${before},clean,0,${clean}`);
    corruptions.forEach((name, at) =>
      errors[at]?.forEach((error, severity) => lines.push(`${before},${name},${severity + 1},${error}`)),
    );
  }
  return `${lines.join('\n')}\n`;
}
