/**
 * `--set backbone.epochs=1`: one field of a recipe by its path, before the recipe is checked as a whole. The value is JSON
 * where it reads as JSON, else text. A path that leads nowhere is refused with the nearest that exists.
 */
import { StudioError } from '../base/errors.ts';
import { sweptFields } from '../recipe/arms.ts';
import { nearest } from './nearest.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const isFork = (value: Json | undefined): value is Json[] | { [key: string]: Json } =>
  typeof value === 'object' && value !== null;

/**
 * The recipe with every override applied in order; the given one stays as it is.
 * @throws StudioError `set-syntax`, `set-unknown`
 */
export function withOverrides(recipe: unknown, overrides: readonly string[]): unknown {
  const changed = structuredClone(recipe) as Json;
  for (const override of overrides) apply(changed, override);
  // Last, so that what a swept network does not say is as it was set, wherever that stood.
  const sweep = isFork(changed) && !Array.isArray(changed) ? changed['sweep'] : undefined;
  if (isFork(sweep) && !Array.isArray(sweep))
    for (const field of ['network', 'start']) {
      const values = sweep[field];
      if (Array.isArray(values)) sweep[field] = values.map((value) => inFull(changed as { [key: string]: Json }, field, value));
    }
  return changed;
}

function apply(recipe: Json, override: string): void {
  const equals = override.indexOf('=');
  if (equals < 1) {
    throw new StudioError({
      code: 'set-syntax',
      message: `--set was given “${override}”; PATH=VALUE was expected.`,
      remedy: 'For example --set backbone.epochs=1 or --set seeds=[3].',
    });
  }
  const path = override.slice(0, equals).trim();
  const value = parsed(override.slice(equals + 1));
  // arms[0].name and arms.0.name are the same place.
  const steps = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  const last = steps.pop() as string;
  let place: Json | undefined = recipe;
  for (const step of steps) place = isFork(place) ? child(place, step) : undefined;
  // What a schedule holds depends on its kind: another kind starts afresh, and takes what is set next.
  if (isFork(place) && !Array.isArray(place) && steps.at(-1) === 'schedule' && scheduleFields.includes(last)) {
    if (last === 'kind' && place['kind'] !== value) for (const key of Object.keys(place)) delete place[key];
    place[last] = value;
    return;
  }
  // A sweep holds what is varied and nothing else: what is set comes in.
  if (isFork(place) && !Array.isArray(place) && steps.join('.') === 'sweep' && inSweep.includes(last)) {
    place[last] = value;
    return;
  }
  // Start weights from a file are other fields than drawn ones.
  if (path === 'start' && isFork(recipe) && !Array.isArray(recipe)) {
    recipe['start'] = inFull(recipe, 'start', value);
    return;
  }
  if (!isFork(place) || child(place, last) === undefined) throw unknownPath(path, pathsOf(recipe));
  if (Array.isArray(place)) place[Number(last)] = value;
  else place[last] = value;
}

const inSweep: readonly string[] = [...sweptFields, 'network', 'start'];

/** `vgg11` is a network that is otherwise the recipe's, `he` a distribution, `x.safetensors` a file; all else as it is. */
function inFull(recipe: { [key: string]: Json }, field: string, value: Json): Json {
  if (typeof value !== 'string') return value;
  const [own, start] = [recipe['network'], recipe['start']];
  if (field === 'network' && isFork(own) && !Array.isArray(own)) return { ...own, name: value };
  if (field !== 'start') return value;
  if (!value.endsWith('.safetensors')) return { from: 'random', distribution: value };
  const distribution = isFork(start) && !Array.isArray(start) ? (start['distribution'] ?? 'pytorch') : 'pytorch';
  return { from: 'file', name: value.replace(/^.*[/\\]/, ''), sha256: null, distribution };
}

/** Of all three kinds of schedule. */
const scheduleFields = ['kind', 'milestones', 'gamma', 'factor', 'patience'];

function child(place: Json[] | { [key: string]: Json }, step: string): Json | undefined {
  if (Array.isArray(place)) return /^\d+$/.test(step) ? place[Number(step)] : undefined;
  return Object.hasOwn(place, step) ? place[step] : undefined;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function unknownPath(path: string, known: readonly string[]): StudioError {
  // A right name in the wrong place is nearer than any spelling: `epochs` means backbone.epochs or finetune.epochs.
  const tail = `.${path.split('.').at(-1) as string}`;
  const sameName = known.filter((name) => name.endsWith(tail));
  const near = nearest(path, sameName) ?? sameName[0] ?? nearest(path, known);
  return new StudioError({
    code: 'set-unknown',
    message: `The recipe has no field “${path}”.`,
    remedy: near === null ? `Its fields: ${known.join(', ')}.` : `The nearest is ${near}.`,
  });
}

/** Every path of the recipe, forks included. */
function pathsOf(value: Json, before = ''): string[] {
  if (!isFork(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${before}${key}`, ...pathsOf(inner, `${before}${key}.`)]);
}
