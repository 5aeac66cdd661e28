/**
 * What the page shows of a dataset: class counts, the checks in words, and thumbnails. Reads every image once; counts and
 * sentences only, no judgement hidden: a `review` line says which way a result would be off, and what to do.
 */
import { countText } from '../base/bytes.ts';
import { Breath } from './breath.ts';
import { sourceOf, type CatalogueMatch } from './catalogue.ts';
import type { Check, Dataset, DatasetSummary, Split } from './dataset.ts';
import { labelChecks } from './labelChecks.ts';
import { imageChecks } from './imageChecks.ts';
import { thumbnailsOf } from './thumbnails.ts';

export interface Origin {
  readonly fileName: string | null;
  readonly fileBytes: number | null;
  readonly md5: string | null;
  readonly match: (CatalogueMatch & { readonly official: boolean }) | null;
  /** What intake itself has to say, conversions and unused arrays. */
  readonly notes: readonly Check[];
  /** `performance.now()` when the file was dropped. */
  readonly beganMs: number;
}

export async function summarise(dataset: Dataset, origin: Origin, breath = new Breath()): Promise<DatasetSummary> {
  const { name, title, task, classNames, height, width, channels, sha256, synthetic } = dataset;
  const { train, val, test } = dataset.splits;
  const counted = (split: Split): number[] => classCounts(dataset, split);
  const counts = { train: counted(train), val: counted(val), test: test === null ? null : counted(test) };
  const pixels = await imageChecks(dataset, origin.match?.official === true, breath);
  const checks: Check[] = [...originChecks(origin), ...labelChecks(dataset, counts), ...pixels.checks, ...origin.notes];
  const { match } = origin;
  return {
    name,
    title,
    fileName: origin.fileName,
    fileBytes: origin.fileBytes,
    task,
    classNames,
    height,
    width,
    channels,
    counts: { train: train.count, val: val.count, test: test?.count ?? null },
    classCounts: counts,
    sha256,
    md5: origin.md5,
    match: match === null ? null : match.official ? 'official' : 'same-shape',
    source: match?.official === true ? sourceOf(match.entry, match.side) : null,
    licence: match?.official === true ? match.entry.licence : null,
    synthetic,
    repeatedInTraining: pixels.repeatedInTraining,
    checks: checks.toSorted((a, b) => rank[a.level] - rank[b.level]),
    readMs: performance.now() - origin.beganMs,
    thumbnails: thumbnailsOf(dataset),
  };
}

/** What needs a look first, what merely passed last. */
const rank = { review: 0, note: 1, passed: 2 } as const;

/** Images of each class; of a multi-label split, images that carry the label. */
export function classCounts(dataset: Dataset, split: Split): number[] {
  const classes = dataset.classNames.length;
  const counts = new Array<number>(classes).fill(0);
  const add = (index: number): void => {
    counts[index] = (counts[index] ?? 0) + 1;
  };
  if (dataset.task === 'multi-label') split.labels.forEach((value, index) => value === 1 && add(index % classes));
  else split.labels.forEach(add);
  return counts;
}

function originChecks({ match, fileBytes }: Origin): Check[] {
  const checks: Check[] = [];
  if (fileBytes !== null)
    checks.push({ level: 'passed', text: `All ${countText(fileBytes)} bytes read; sizes and checksums agree` });
  if (match === null) return checks;
  const { title, licence } = match.entry;
  checks.push(
    match.official
      ? { level: 'passed', text: `The official ${title} file: its MD5 is the published one` }
      : {
          level: 'note',
          text: `Counts and shapes equal ${title}’s (${licence}), and the MD5 does not: a re-made or changed file. Task and class names are ${title}’s.`,
        },
  );
  return checks;
}
