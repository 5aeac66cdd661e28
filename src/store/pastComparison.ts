/** Two past experiments side by side: only the settings that differ, and what each of them found. */
import { pairedAccuracies } from '../report/pairedAccuracies.ts';
import { armsOf, sweptFields } from '../recipe/arms.ts';
import { basesOf, networkTitle, startTitle, type Base } from '../recipe/bases.ts';
import { fields } from '../recipe/fields.ts';
import type { NetworkSettings, Recipe } from '../recipe/recipe.ts';
import { pairedDifference, summarise, type PairedDifference, type Summary } from '../report/statistics.ts';
import { robustnessTable } from '../report/robustness.ts';
import type { Described } from '../worker/archiveProtocol.ts';
import { comparedArms } from './arms.ts';
import { allItems } from './recipeForm.ts';

export interface SettingPair {
  readonly path: string;
  /** The form's words for it, or the path where the form has none. */
  readonly label: string;
  /** `–` where a recipe has no such setting. */
  readonly values: readonly [string, string];
}

/** Settings that differ, in the order of the form; names do not count. */
export function differingSettings(a: Recipe, b: Recipe): SettingPair[] {
  const [left, right] = [leaves(a), leaves(b)];
  const labels = new Map([
    ['dataset.name', 'Dataset'],
    ['arms', 'Arms'],
    ['start.from', 'Start weights'],
    ['start.name', 'File of start weights'],
    ['start.sha256', 'SHA-256 of that file'],
    ['sweep.network', 'Networks beside it'],
    ['sweep.start', 'Start weights beside them'],
    ...sweptFields.map((field) => [`sweep.${field}`, `${fields[field].label}, swept`] as const),
  ]);
  const places = new Map<string, number>([['dataset.name', -1]]);
  for (const recipe of [a, b])
    allItems(recipe).forEach(({ path, field, qualifier }, at) => {
      const phase = /^(backbone|finetune)\./.exec(path)?.[1];
      const about = qualifier ?? (phase === 'finetune' ? 'fine-tuning' : phase);
      labels.set(path, about === undefined ? field.label : `${field.label}, ${about}`);
      places.set(path, Math.min(at, places.get(path) ?? at));
    });
  const place = (path: string) => places.get(path) ?? Number.MAX_SAFE_INTEGER;
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => path !== 'name' && path !== 'dataset.sha256' && left.get(path) !== right.get(path))
    .sort((one, other) => place(one) - place(other))
    .map((path) => ({ path, label: labels.get(path) ?? path, values: [left.get(path) ?? '–', right.get(path) ?? '–'] }));
}

/** Every setting as text; a list counts as one. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (value === null) return new Map([[path, 'empty']]);
  if (typeof value !== 'object') return new Map([[path, value === '' ? 'any' : String(value as number | string | boolean)]]);
  if (Array.isArray(value)) return new Map([[path, listText(value)]]);
  const found = new Map<string, string>();
  for (const [key, inner] of Object.entries(value))
    for (const leaf of leaves(inner, path === '' ? key : `${path}.${key}`)) found.set(...leaf);
  return found;
}

const listText = (list: readonly unknown[]): string => list.map(entryText).join(', ');

/** A quantile, a network or start weights in the form's words; of what has a name and more, the name and the rest. */
function entryText(entry: unknown): string {
  if (entry === null || typeof entry !== 'object') return String(entry);
  if ('widthMultiplier' in entry) return networkTitle(entry as NetworkSettings);
  if ('distribution' in entry) return startTitle(entry as Recipe['start']);
  const parts = Object.entries(entry).map(([key, value]) =>
    key === 'quantile' ? `q ${value}` : value !== null && typeof value === 'object' ? entryText(value) : String(value),
  );
  return parts.join(' ');
}

export interface ArmFound {
  readonly arm: string;
  readonly accuracy: Summary | null;
  readonly auc: Summary | null;
}

/** What was found on one network with its start weights. */
export interface BaseFound {
  /** E.g. `VGG-11-BN, random`: the same base bears the same title in every experiment. */
  readonly title: string;
  readonly arms: readonly ArmFound[];
  readonly difference: PairedDifference | null;
  /** Mean balanced error under all corruptions, second arm minus first; null where robustness was not measured. */
  readonly robustness: PairedDifference | null;
}

/** Test results of every arm over the seeds that are complete, of every base, the recipe's own first. */
export const foundBy = (described: Described): BaseFound[] => basesOf(described.recipe).map((base) => foundOn(described, base));

function foundOn({ recipe, results: all, robustness }: Described, base: Base): BaseFound {
  const { baseline, inmerge } = comparedArms(recipe);
  const results = all.flatMap((result) => {
    const { base: on, ...run } = result.run;
    return (on ?? null) === base.name ? [{ ...result, run }] : [];
  });
  const arms = armsOf(recipe).map(({ name }): ArmFound => {
    const tests = results.flatMap((result) => (result.run.arm === name && result.test !== null ? [result.test] : []));
    return {
      arm: name,
      accuracy: summarise(tests.map(({ accuracy }) => accuracy)),
      auc: summarise(tests.flatMap(({ auc }) => auc ?? [])),
    };
  });
  const compared = [baseline, inmerge].flatMap((arm) => arm ?? []);
  return {
    title: `${networkTitle(base.network)}, ${startTitle(base.start)}`,
    arms,
    difference: pairedDifference(pairedAccuracies(results, recipe)),
    robustness:
      robustness === null ? null : (robustnessTable(robustness, compared, base.name ?? undefined).rows.at(-1)?.error ?? null),
  };
}
