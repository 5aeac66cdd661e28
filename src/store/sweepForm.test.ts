import { expect, it } from 'vitest';
import { sweptIn } from '../recipe/arms.ts';
import { quick } from '../recipe/presets.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { readValues, valuesText, withField, withoutField } from './sweepForm.ts';

it('a field that is added has values that a recipe takes, and is gone when it is removed', () => {
  for (const field of ['tau', 'alpha', 'p', 'firstLayer', 'condition'] as const) {
    const sweep = withField({}, field);
    expect(parseRecipe({ ...quick, sweep }).sweep).toEqual(sweep);
    expect(sweptIn(sweep)).toEqual([field]);
    expect(withoutField(sweep, field)).toEqual({});
  }
});

it('typed values are read, quantiles too, and shown as they can be typed again', () => {
  const read = readValues({}, 'tau', '0.1, q0.95; -0.2');
  expect(read).toEqual({ ok: true, sweep: { tau: [0.1, { quantile: 0.95 }, -0.2] } });
  expect(valuesText([0.1, { quantile: 0.95 }, -0.2])).toBe('0.1, q0.95, -0.2');
});

it.each([
  ['tau', 'high', '“high” does not fit. Expected numbers from -1 to 1, or q0.95'],
  ['tau', 'q1.5', '“q1.5” does not fit'],
  ['firstLayer', '1.5', 'whole numbers from 0 to 64'],
  ['condition', 'near', 'similar or dissimilar'],
  ['p', '0.1 0.1', '0.1 stands twice'],
  ['p', ' ', 'at least one value'],
] as const)('%s with “%s” is refused in words', (field, text, message) => {
  const read = readValues({}, field, text);
  expect(read.ok ? '' : read.message).toContain(message);
});

it('more combinations than arms may be are refused', () => {
  const nine = Array.from({ length: 9 }, (_, k) => k / 10);
  const read = readValues({ alpha: nine }, 'p', nine.join(', '));
  expect(read.ok ? '' : read.message).toContain('81 combinations; at most 64');
});
