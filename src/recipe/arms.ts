/**
 * The arms of a recipe, written out: those it names, then one for every combination of its sweep. What an arm does not say
 * itself it takes from the recipe's merge settings, so that an arm is known by its settings, not by how it came about.
 */
import type { MergeSettings, Recipe } from './recipe.ts';

export type Tau = MergeSettings['tau'];

export interface Arm {
  readonly name: string;
  readonly merges: boolean;
  /** Its own settings in full; null where it does not merge. */
  readonly merging: MergeSettings | null;
}

/** In the order of names and of loops: the last one turns fastest. */
export const sweptFields = ['firstLayer', 'alpha', 'p', 'tau', 'condition'] as const;
export type SweptField = (typeof sweptFields)[number];
export type SweptValue = number | string | { readonly quantile: number };

/** Most arms of one experiment. */
export const maxArms = 64;

export function armsOf(recipe: Recipe): Arm[] {
  return writtenOut(recipe).map(({ name, merges, merging }) => ({
    name,
    merges,
    merging: merges ? { ...recipe.merging, ...merging } : null,
  }));
}

/** The recipe with the arms of its sweep among its arms. Doing it twice changes nothing. */
export function expanded(recipe: Recipe): Recipe {
  return { ...recipe, arms: writtenOut(recipe) };
}

/** The fields that are varied. */
export const sweptIn = (sweep: Recipe['sweep']): SweptField[] => sweptFields.filter((field) => sweep[field] !== undefined);

/** Number of combinations; 0 where nothing is swept. */
export function sweepSize(sweep: Partial<Record<SweptField, readonly unknown[]>>): number {
  const lengths = sweptFields.flatMap((field) => sweep[field]?.length ?? []);
  return lengths.length === 0 ? 0 : lengths.reduce((product, length) => product * length, 1);
}

function writtenOut(recipe: Recipe): Recipe['arms'] {
  const arms = [...recipe.arms];
  const settingsOf = (merging: Recipe['arms'][number]['merging']) => JSON.stringify({ ...recipe.merging, ...merging });
  const known = new Set(arms.filter((arm) => arm.merges).map((arm) => settingsOf(arm.merging)));
  for (const merging of combinations(recipe.sweep)) {
    // A combination that an arm already has would be the same run twice.
    if (known.has(settingsOf(merging))) continue;
    known.add(settingsOf(merging));
    arms.push({ name: sweptName(merging), merges: true, merging });
  }
  return arms;
}

function combinations(sweep: Recipe['sweep']): Partial<MergeSettings>[] {
  const fields = sweptFields.filter((field) => (sweep[field]?.length ?? 0) > 0);
  if (fields.length === 0) return [];
  return fields.reduce<Partial<MergeSettings>[]>(
    (partial, field) => partial.flatMap((own) => (sweep[field] ?? []).map((value: SweptValue) => ({ ...own, [field]: value }))),
    [{}],
  );
}

/** E.g. `tau-0.2`, `alpha-0.5_tau-q0.95`, `condition-dissimilar`: fit for file names. */
function sweptName(merging: Partial<MergeSettings>): string {
  return sweptFields
    .flatMap((field) => {
      const value = merging[field];
      return value === undefined ? [] : [`${field === 'firstLayer' ? 'layer' : field}-${plainValue(value)}`];
    })
    .join('_');
}

function plainValue(value: SweptValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return `q${value.quantile}`;
  return value < 0 ? `minus${-value}` : String(value);
}

export const isQuantile = (tau: Tau): tau is { quantile: number } => typeof tau === 'object';

/** The threshold where it is one number for all layers; null where each layer has its own. */
export const tauNumber = (tau: Tau): number | null => (isQuantile(tau) ? null : tau);

/** `0.30`, or `q 0.95` for a quantile of each layer's own similarities. */
export const tauText = (tau: Tau): string => (isQuantile(tau) ? `q ${tau.quantile}` : tau.toFixed(2).replace('-', '−'));

const titles: Readonly<Record<string, string>> = { baseline: 'Baseline', inmerge: 'InMerge' };
const symbols: Readonly<Record<string, string>> = { layer: 'Lₛ', alpha: 'α', p: 'p', tau: 'τ' };

/** What an arm is called on the page: `Baseline`, `τ 0.2`, `α 0.5, τ q 0.95`, `dissimilar`; null is the backbone. */
export function armTitle(name: string | null): string {
  if (name === null) return 'Backbone';
  const parts = name.split('_').map((part) => {
    const [, field = '', value = ''] = /^(layer|alpha|p|tau|condition)-((?:minus|q)?[\d.]+|similar|dissimilar)$/.exec(part) ?? [];
    if (field === '') return null;
    const text = value.replace('minus', '−').replace(/^q/, 'q ');
    return field === 'condition' ? text : `${symbols[field]} ${text}`;
  });
  return titles[name] ?? (parts.includes(null) ? name : parts.join(', '));
}
