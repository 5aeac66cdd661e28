/** What `inmerge run` was asked for, checked word by word. */
import { StudioError } from '../base/errors.ts';
import { choiceOf, choiceText, unknownTiles } from '../gpu/compiled/tiles.ts';
import { fields } from '../recipe/fields.ts';
import type { Given } from './commandLine.ts';
import { deviceOf, type DeviceName } from './deviceName.ts';

export interface RunSettings {
  /** A preset's name or a path; null only where an unfinished run is resumed. */
  readonly recipe: string | null;
  readonly data: string | null;
  readonly out: string;
  /** Null for the best there is. */
  readonly device: DeviceName | null;
  /** How the GPU's kernels are cut, or `default`; null for what this adapter was measured to like. */
  readonly tiles: string | null;
  readonly set: readonly string[];
  /** Files of start weights. */
  readonly weights: readonly string[];
  /** A folder of finished runs, which new ones are added to; null for none. */
  readonly runs: string | null;
  readonly resume: boolean;
  readonly overwrite: boolean;
  /** Measure on corrupted test images, too, once the experiment is finished. */
  readonly robustness: boolean;
  /** Between checkpoints; null for the default. */
  readonly intervalMs: number | null;
}

/** @throws StudioError `recipe-missing`, `out-missing`, `options-contradict`, `option-value`, `device-unknown`, `tiles-unknown` */
export function runSettings({ words, options }: Given): RunSettings {
  const only = (name: string): string | null => options.get(name)?.[0] ?? null;
  const resume = options.has('--resume');
  const overwrite = options.has('--overwrite');
  const recipe = words[0] ?? null;
  const out = only('--out');
  if (recipe === null && !resume) {
    throw new StudioError({
      code: 'recipe-missing',
      message: 'There is no recipe to run.',
      remedy: 'Name a preset or a file: inmerge run quick --data FILE.npz --out FOLDER.',
    });
  }
  if (out === null) {
    throw new StudioError({
      code: 'out-missing',
      message: 'There is no folder for the results.',
      remedy: 'Give one with --out FOLDER; it is made if it is not there.',
    });
  }
  if (resume && overwrite) {
    throw new StudioError({
      code: 'options-contradict',
      message: '--resume goes on with what is there, --overwrite throws it away; both were given.',
      remedy: 'Give one of them.',
    });
  }
  return {
    recipe,
    data: only('--data'),
    out,
    device: deviceOf(only('--device')),
    tiles: tilesOf(only('--tiles')),
    set: [...(options.get('--set') ?? []), ...seedsOf(only('--seeds'))],
    weights: options.get('--weights') ?? [],
    runs: only('--runs'),
    resume,
    overwrite,
    robustness: options.has('--robustness'),
    intervalMs: intervalOf(only('--checkpoint-seconds')),
  };
}

/** `0,1,2` or `0-4`, as an override. */
function seedsOf(text: string | null): string[] {
  if (text === null) return [];
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  const list =
    first === undefined
      ? text.split(',')
      : [...Array(seedCount(Number(first), Number(last))).keys()].map((k) => String(Number(first) + k));
  if (list.length > 0 && list.every((seed) => /^\d+$/.test(seed))) return [`seeds=[${list.join()}]`];
  throw new StudioError({
    code: 'option-value',
    message: `--seeds was given “${text}”; whole numbers with commas, or a span, were expected.`,
    remedy: 'For example --seeds 0,1,2 or --seeds 0-4.',
  });
}

/** Of a span: none where it is upside down, and not many more than a recipe takes, which says so itself. */
const seedCount = (first: number, last: number): number => Math.min(fields.seeds.maxItems + 1, Math.max(0, last - first + 1));

function tilesOf(text: string | null): string | null {
  if (text === null || text === 'auto') return null;
  if (text === 'default') return text;
  const choice = choiceOf(text);
  if (choice === null) throw unknownTiles(text);
  return choiceText(choice);
}

function intervalOf(seconds: string | null): number | null {
  if (seconds === null) return null;
  if (/^\d+(\.\d+)?$/.test(seconds)) return Number(seconds) * 1000;
  throw new StudioError({
    code: 'option-value',
    message: `--checkpoint-seconds was given “${seconds}”; a number of seconds from 0 up was expected.`,
    remedy: 'For example --checkpoint-seconds 60.',
  });
}
