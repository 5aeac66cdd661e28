/** The sweep as a form: which fields are varied, how typed values are read, and what to say where they cannot be. */
import { maxArms, sweepSize, type SweptField, type SweptValue } from '../recipe/arms.ts';
import { fields, type ChoiceField, type NumberField } from '../recipe/fields.ts';
import type { Recipe } from '../recipe/recipe.ts';

export type Sweep = Recipe['sweep'];

/** Values to begin with, round the recipe's own. */
const usual: Readonly<Record<SweptField, readonly SweptValue[]>> = {
  tau: [0.1, 0.2, 0.4, 0.5],
  alpha: [0.5, 0.7, 0.9],
  p: [0.1, 0.5, 1],
  firstLayer: [0, 2, 4],
  condition: ['similar', 'dissimilar'],
};

export function withField(sweep: Sweep, field: SweptField): Sweep {
  return { ...sweep, [field]: usual[field] };
}

export function withoutField(sweep: Sweep, field: SweptField): Sweep {
  return Object.fromEntries(Object.entries(sweep).filter(([name]) => name !== field));
}

export const valuesText = (values: readonly SweptValue[]): string =>
  values.map((value) => (typeof value === 'object' ? `q${value.quantile}` : String(value))).join(', ');

export type ReadValues = { readonly ok: true; readonly sweep: Sweep } | { readonly ok: false; readonly message: string };

/** The sweep with what was typed for a field: numbers, `q0.95` for a quantile of the layer, or names, with commas. */
export function readValues(sweep: Sweep, field: SweptField, text: string): ReadValues {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.length === 0) return { ok: false, message: 'Expected at least one value.' };
  const values: SweptValue[] = [];
  for (const part of parts) {
    const value = valueOf(field, part);
    if (value === null) return { ok: false, message: `“${part.slice(0, 20)}” does not fit. Expected ${expected(field)}.` };
    if (values.some((known) => JSON.stringify(known) === JSON.stringify(value)))
      return { ok: false, message: `${part.slice(0, 20)} stands twice.` };
    values.push(value);
  }
  const changed: Sweep = { ...sweep, [field]: values };
  const size = sweepSize(changed);
  return size > maxArms
    ? { ok: false, message: `${size} combinations; at most ${maxArms} are run.` }
    : { ok: true, sweep: changed };
}

function valueOf(name: SweptField, text: string): SweptValue | null {
  const field: NumberField | ChoiceField = fields[name];
  if (field.kind === 'choice') return field.options.some((option) => option.value === text) ? text : null;
  const quantile = name === 'tau' && /^q/i.test(text);
  const bounds = quantile ? fields.quantile : field;
  const value = Number(quantile ? text.slice(1) : text.replace('−', '-'));
  const fits = Number.isFinite(value) && value >= bounds.min && value <= bounds.max;
  if (!fits || (field.kind === 'integer' && !Number.isInteger(value))) return null;
  return quantile ? { quantile: value } : value;
}

function expected(name: SweptField): string {
  const field: NumberField | ChoiceField = fields[name];
  if (field.kind === 'choice') return field.options.map(({ value }) => value).join(' or ');
  const numbers = `${field.kind === 'integer' ? 'whole numbers' : 'numbers'} from ${field.min} to ${field.max}`;
  return name === 'tau' ? `${numbers}, or q0.95 for a quantile` : numbers;
}
