/**
 * The recipe as a form: which fields stand in which card, how typed text becomes a value, and what to say where it
 * cannot. Labels, bounds and meanings come from `recipe/fields.ts` alone.
 */
import { isQuantile } from '../recipe/arms.ts';
import { fields, type Field } from '../recipe/fields.ts';
import type { Recipe, Schedule } from '../recipe/recipe.ts';
import { readList } from './typedList.ts';

export interface Slider {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The handle moves along log10 of the value. */
  readonly log?: true;
}

export interface FormItem {
  /** Where in the recipe, e.g. `merging.tau`. */
  readonly path: string;
  readonly field: Field;
  /** An empty field means null. */
  readonly optional?: true;
  /** What it means stands with the field before it. */
  readonly brief?: true;
  /** Says which of several, e.g. `train`. */
  readonly qualifier?: string;
  /** A comfortable span for the handle; the number beside it takes all the bounds allow. */
  readonly slider?: Slider;
}

export type CardName = 'data' | 'network' | 'training' | 'merging';

export interface FormGroup {
  readonly title: string | null;
  readonly items: readonly FormItem[];
}

const unit: Slider = { min: 0, max: 1, step: 0.01 };
const rate: Slider = { min: -5, max: 0, step: 0.05, log: true };

/** The groups of a card, for this recipe: a schedule shows its own fields only. */
export function formGroups(card: CardName, recipe: Recipe): FormGroup[] {
  switch (card) {
    case 'data':
      return [
        {
          title: null,
          items: [
            { path: 'input.side', field: fields.side, optional: true },
            { path: 'input.channels', field: fields.channels },
            { path: 'input.normalise', field: fields.normalise },
            { path: 'input.horizontalFlip', field: fields.horizontalFlip },
            { path: 'dataset.leaveOutRepeated', field: fields.leaveOutRepeated },
            { path: 'dataset.take.train', field: fields.take, optional: true, qualifier: 'train' },
            { path: 'dataset.take.val', field: fields.take, optional: true, qualifier: 'validation', brief: true },
            { path: 'dataset.take.test', field: fields.take, optional: true, qualifier: 'test', brief: true },
          ],
        },
      ];
    case 'network': {
      // A ResNet has its own normalisation and head, whatever these two say.
      const vgg = recipe.network.name.startsWith('vgg');
      return [
        {
          title: null,
          items: [
            { path: 'network.name', field: fields.networkName },
            ...(vgg ? [{ path: 'network.batchNorm', field: fields.batchNorm }] : []),
            { path: 'network.widthMultiplier', field: fields.widthMultiplier, slider: { min: 0.25, max: 2, step: 0.25 } },
            ...(vgg ? [{ path: 'network.head', field: fields.head }] : []),
            { path: 'start.distribution', field: fields.initialWeights },
          ],
        },
      ];
    }
    case 'training':
      return [
        {
          title: null,
          items: [
            { path: 'seeds', field: fields.seeds },
            { path: 'selectBy', field: fields.selectBy },
          ],
        },
        { title: 'Backbone', items: phaseItems('backbone', recipe.backbone.schedule) },
        { title: 'Fine-tuning', items: phaseItems('finetune', recipe.finetune.schedule) },
        {
          title: 'Optimiser, both phases',
          items: [
            { path: 'optimiser.batchSize', field: fields.batchSize },
            { path: 'optimiser.momentum', field: fields.momentum, slider: { min: 0, max: 0.99, step: 0.01 } },
            { path: 'optimiser.weightDecay', field: fields.weightDecay },
            { path: 'optimiser.maps', field: fields.maps },
          ],
        },
      ];
    case 'merging':
      return [
        {
          title: null,
          items: [
            { path: 'merging.alpha', field: fields.alpha, slider: unit },
            isQuantile(recipe.merging.tau)
              ? { path: 'merging.tau.quantile', field: fields.quantile, slider: unit }
              : { path: 'merging.tau', field: fields.tau, slider: { min: -1, max: 1, step: 0.01 } },
            { path: 'merging.condition', field: fields.condition },
            { path: 'merging.p', field: fields.p, slider: unit },
            { path: 'merging.firstLayer', field: fields.firstLayer },
            { path: 'merging.mergeDuringValidation', field: fields.mergeDuringValidation },
          ],
        },
      ];
  }
}

function phaseItems(phase: 'backbone' | 'finetune', schedule: Schedule): FormItem[] {
  const common: FormItem[] = [
    { path: `${phase}.epochs`, field: fields.epochs, slider: { min: 0, max: 40, step: 1 } },
    { path: `${phase}.learningRate`, field: fields.learningRate, slider: rate },
    { path: `${phase}.schedule.kind`, field: fields.scheduleKind },
  ];
  switch (schedule.kind) {
    case 'constant':
      return common;
    case 'multistep':
      return [
        ...common,
        { path: `${phase}.schedule.milestones`, field: fields.milestones },
        { path: `${phase}.schedule.gamma`, field: fields.gamma },
      ];
    case 'plateau':
      return [
        ...common,
        { path: `${phase}.schedule.factor`, field: fields.gamma },
        { path: `${phase}.schedule.patience`, field: fields.patience },
      ];
  }
}

export function allItems(recipe: Recipe): FormItem[] {
  return (['data', 'network', 'training', 'merging'] as const).flatMap((card) =>
    formGroups(card, recipe).flatMap((group) => group.items),
  );
}

export type FieldValue = number | string | boolean | null | readonly number[] | { readonly quantile: number };

/** Value at `path`; undefined where this recipe has no such field. */
export function valueAt(recipe: Recipe, path: string): FieldValue | undefined {
  let inner: unknown = recipe;
  for (const key of path.split('.'))
    inner = inner !== null && typeof inner === 'object' ? (inner as Record<string, unknown>)[key] : undefined;
  return inner as FieldValue | undefined;
}

/** A copy of the recipe with `value` at `path`. Another kind of schedule brings its own usual fields. */
export function withValue(recipe: Recipe, path: string, value: FieldValue): Recipe {
  const phase = /^(backbone|finetune)\.schedule\.kind$/.exec(path)?.[1];
  if (phase === 'backbone' || phase === 'finetune') {
    const settings = recipe[phase];
    return { ...recipe, [phase]: { ...settings, schedule: usualSchedule(value as Schedule['kind'], settings.epochs) } };
  }
  return replaced(recipe, path.split('.'), value) as Recipe;
}

function replaced(inner: unknown, keys: readonly string[], value: FieldValue): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const own = inner as Record<string, unknown>;
  return { ...own, [key]: replaced(own[key], rest, value) };
}

export function usualSchedule(kind: Schedule['kind'], epochs: number): Schedule {
  switch (kind) {
    case 'constant':
      return { kind };
    case 'multistep':
      return {
        kind,
        milestones: [...new Set([Math.max(1, Math.round(epochs / 2)), Math.max(1, Math.round((3 * epochs) / 4))])],
        gamma: 0.1,
      };
    case 'plateau':
      return { kind, factor: 0.1, patience: 2 };
  }
}

export type Typed = { readonly ok: true; readonly value: FieldValue } | { readonly ok: false; readonly message: string };

/** A typed text as a value of the field, or what it should be instead. */
export function readTyped(item: FormItem, text: string): Typed {
  const { field } = item;
  const trimmed = text.trim();
  switch (field.kind) {
    case 'number':
    case 'integer': {
      if (trimmed === '' && item.optional) return { ok: true, value: null };
      const value = Number(trimmed);
      const whole = field.kind === 'integer';
      const bounds = `${plain(field.min)} to ${plain(field.max)}`;
      if (trimmed === '' || !Number.isFinite(value)) return { ok: false, message: `Expected a number from ${bounds}.` };
      if (whole && !Number.isInteger(value))
        return { ok: false, message: `${plain(value)} is not whole. Expected a whole number from ${bounds}.` };
      if (value < field.min || value > field.max) {
        return { ok: false, message: `${plain(value)} is ${value < field.min ? 'below' : 'above'} the range ${bounds}.` };
      }
      return { ok: true, value };
    }
    case 'list': {
      const list = readList(trimmed, field);
      if ('odd' in list)
        return {
          ok: false,
          message: `“${list.odd.slice(0, 20)}” does not fit. Expected whole numbers from ${plain(field.min)} to ${plain(field.max)}, with commas, or a span such as 0-9.`,
        };
      if ('tooMany' in list) return { ok: false, message: `At most ${field.maxItems} numbers are taken; here are more.` };
      const { values } = list;
      if (item.path === 'seeds') {
        if (values.length === 0) return { ok: false, message: 'Expected at least one seed, for example 0.' };
        const twice = values.find((value, k) => values.indexOf(value) !== k);
        if (twice !== undefined) return { ok: false, message: `${twice} stands twice; every seed counts once.` };
      }
      return { ok: true, value: values };
    }
    case 'choice':
      return field.options.some((option) => option.value === text)
        ? { ok: true, value: text }
        : { ok: false, message: `Expected one of ${field.options.map((option) => option.value).join(', ')}.` };
    case 'switch':
      return { ok: true, value: text === 'true' };
  }
}

/** A value as the text a field shows. */
export function typedText(value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return 'quantile' in value ? `q ${value.quantile}` : value.join(', ');
}

const plain = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 10 }).replace('-', '−');

export const sameValue = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
