/**
 * The recipe: everything that defines an experiment, as plain JSON. Form, URL, file and command line read this one
 * schema. Unknown fields are refused, so that a misspelt setting is never silently ignored.
 */
import * as z from 'zod/mini';
import { StudioError } from '../base/errors.ts';
import { fields, type ChoiceField, type ListField, type NumberField } from './fields.ts';
import { armsOf, maxArms, sweepSize } from './arms.ts';
import { basesOf, startsMixUp } from './bases.ts';
import { newerVersion, recipeVersion, upgraded } from './upgrade.ts';

z.config({
  // zod would try to compile its checks with `eval`, which the page's security policy forbids and reports.
  jitless: true,
  // What was expected, in our words; what was found stands beside it.
  customError: (issue) => expectation(issue as unknown as Issue),
});

interface Issue {
  readonly code: string;
  readonly expected?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly values?: readonly unknown[];
  readonly origin?: string;
  readonly params?: { readonly expected?: string };
  readonly pattern?: string;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${article(issue.expected ?? 'something else')}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${sized(issue)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${sized(issue)}`;
    case 'invalid_value':
      return `expected ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_union':
      return 'expected one of the known kinds';
    case 'unrecognized_keys':
      return 'there is no such field';
    case 'custom':
      return issue.params?.expected ?? 'expected another value';
    default:
      return `expected the form ${issue.pattern ?? ''}`;
  }
}

const sized = (issue: Issue): string => (issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '');

function article(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

const bounded = (field: NumberField) => {
  const number = field.kind === 'integer' ? z.int() : z.number();
  return number.check(z.gte(field.min), z.lte(field.max));
};

const oneOf = <const T extends string>(field: ChoiceField<T>) =>
  z.enum(field.options.map((option) => option.value) as [T, ...T[]]);

const integers = (field: ListField) =>
  z.array(z.int().check(z.gte(field.min), z.lte(field.max))).check(z.maxLength(field.maxItems));

const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  z.strictObject({
    kind: z.literal('multistep'),
    milestones: integers(fields.milestones),
    gamma: bounded(fields.gamma),
  }),
  z.strictObject({
    kind: z.literal('plateau'),
    factor: bounded(fields.gamma),
    patience: bounded(fields.patience),
  }),
]);

const phase = z.strictObject({
  epochs: bounded(fields.epochs),
  learningRate: bounded(fields.learningRate),
  schedule,
});

const take = z.nullable(bounded(fields.take));

/** A number, or a quantile of each layer's own similarities. */
const tau = z.union([bounded(fields.tau), z.strictObject({ quantile: bounded(fields.quantile) })], {
  error: 'expected a number or {"quantile": 0 to 1}',
});

const merging = {
  firstLayer: bounded(fields.firstLayer),
  alpha: bounded(fields.alpha),
  p: bounded(fields.p),
  tau,
  condition: oneOf(fields.condition),
};

const own = {
  firstLayer: z.exactOptional(merging.firstLayer),
  alpha: z.exactOptional(merging.alpha),
  p: z.exactOptional(merging.p),
  tau: z.exactOptional(tau),
  condition: z.exactOptional(merging.condition),
};

const values = <T extends z.ZodMiniType>(value: T) =>
  z.exactOptional(
    z.array(value).check(
      z.minLength(1),
      z.maxLength(maxArms),
      z.refine((all) => new Set(all.map((each) => JSON.stringify(each))).size === all.length, {
        params: { expected: 'expected values that differ' },
      }),
    ),
  );

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const network = z.strictObject({
  name: oneOf(fields.networkName),
  batchNorm: z.boolean(),
  widthMultiplier: bounded(fields.widthMultiplier),
  head: oneOf(fields.head),
});

const distribution = oneOf(fields.initialWeights);

const start = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('random'), distribution }),
  z.strictObject({
    from: z.literal('file'),
    /** Name of a safetensors file of the network's weights, as PyTorch names them. */
    name: z.string().check(z.minLength(1), z.maxLength(200)),
    /** SHA-256 of the file, lower-case hex; null takes whichever file of that name is given. */
    sha256: z._default(z.nullable(sha256), null),
    /** What is drawn where the file's classes are others: the last layer. */
    distribution,
  }),
]);

const armName = z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,59}$/));

const recipeFields = z.strictObject({
  format: z.literal('inmerge-recipe'),
  version: z.literal(recipeVersion),
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  dataset: z.strictObject({
    /** Name of the dataset the recipe was made for; empty for any. */
    name: z.string().check(z.maxLength(200)),
    /** SHA-256 of the file, lower-case hex; null lets any dataset in. */
    sha256: z.nullable(sha256),
    take: z.strictObject({ train: take, val: take, test: take }),
    /** Recipes from before this field trained on every image. */
    leaveOutRepeated: z._default(z.boolean(), false),
  }),
  input: z.strictObject({
    side: z.nullable(bounded(fields.side)),
    channels: oneOf(fields.channels),
    normalise: oneOf(fields.normalise),
    horizontalFlip: z.boolean(),
  }),
  network,
  start,
  optimiser: z.strictObject({
    batchSize: bounded(fields.batchSize),
    momentum: bounded(fields.momentum),
    weightDecay: bounded(fields.weightDecay),
    /** Recipes from before this field stored float32. */
    maps: z._default(oneOf(fields.maps), 'float32'),
  }),
  backbone: phase,
  finetune: phase,
  merging: z.strictObject({ ...merging, mergeDuringValidation: z.boolean() }),
  arms: z
    .array(
      z.strictObject({
        name: armName,
        merges: z.boolean(),
        /** What this arm has otherwise than the recipe. */
        merging: z.exactOptional(z.strictObject(own)),
      }),
    )
    .check(
      z.minLength(1),
      z.maxLength(maxArms),
      z.refine((arms) => new Set(arms.map((arm) => arm.name)).size === arms.length, {
        params: { expected: 'expected names that differ' },
      }),
    ),
  /** Arms beside those above, one for every combination of these values; empty for none. */
  sweep: z
    .strictObject({
      firstLayer: values(merging.firstLayer),
      alpha: values(merging.alpha),
      p: values(merging.p),
      tau: values(tau),
      condition: values(merging.condition),
      /** Networks and start weights beside the recipe's own: `recipe/bases.ts` says which go together. */
      network: values(z.extend(network, { start: z.exactOptional(start) })),
      start: values(start),
    })
    .check(
      z.refine((sweep) => sweepSize(sweep) <= maxArms, { params: { expected: `expected at most ${maxArms} combinations` } }),
    ),
  selectBy: oneOf(fields.selectBy),
  seeds: integers(fields.seeds).check(
    z.minLength(1),
    z.refine((seeds) => new Set(seeds).size === seeds.length, { params: { expected: 'expected seeds that differ' } }),
  ),
});

export type Recipe = z.infer<typeof recipeFields>;

export const recipeSchema = recipeFields.check(
  z.refine((recipe) => !startsMixUp(recipe), {
    path: ['sweep', 'start'],
    params: { expected: 'expected files of different names' },
  }),
  z.refine((recipe) => basesOf(recipe).length === 1 || basesOf(recipe).length * armsOf(recipe).length <= maxArms, {
    path: ['sweep'],
    params: { expected: `expected at most ${maxArms} arms of all networks and start weights together` },
  }),
);

export type Schedule = Recipe['backbone']['schedule'];
export type PhaseSettings = Recipe['backbone'];
export type MergeSettings = Recipe['merging'];
export type NetworkSettings = Recipe['network'];
export type SelectBy = Recipe['selectBy'];

/**
 * A recipe from anything JSON can hold; one of an older version is brought up to the present one.
 * @throws StudioError `recipe-newer`, or `recipe-invalid` with one detail for each field that does not fit.
 */
export function parseRecipe(given: unknown): Recipe {
  const newer = newerVersion(given);
  if (newer !== null) throw writtenByNewer(newer);
  const value = upgraded(given);
  const result = recipeSchema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.slice(0, 20).map((issue) => ({
    where: issue.path.join('.') || 'recipe',
    found: issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : shown(at(value, issue.path)),
    expected: issue.message,
  }));
  const first = details[0];
  throw new StudioError({
    code: 'recipe-invalid',
    message: `The recipe does not fit: ${first === undefined ? 'unknown reason' : `${first.where} is ${first.found}, ${first.expected}`}${details.length > 1 ? `, and ${details.length - 1} more` : ''}.`,
    remedy: 'Correct the fields named below; every field’s meaning and bounds stand in the form.',
    details,
  });
}

const writtenByNewer = (version: number): StudioError =>
  new StudioError({
    code: 'recipe-newer',
    message: `The recipe is of version ${version}; this studio reads versions up to ${recipeVersion}.`,
    remedy: 'Open it in the studio that made it, or bring this one up to date.',
    details: [{ where: 'version', found: String(version), expected: `at most ${recipeVersion}` }],
  });

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
