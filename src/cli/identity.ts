/**
 * What must be equal for a checkpoint to be gone on from: recipe, dataset, build and device. Anything else could not end
 * with the same bits, so it is refused with the name of the field that differs.
 */
import { StudioError } from '../base/errors.ts';
import type { Checkpoint } from '../experiment/checkpoint.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { DeviceName } from './deviceName.ts';

export interface CheckpointIdentity {
  readonly build: string;
  readonly device: { readonly name: DeviceName; readonly hardware: string };
}

/** What a results folder's checkpoint files hold. */
export interface SavedRun extends CheckpointIdentity {
  readonly format: 'inmerge-checkpoint';
  readonly version: 1;
  readonly checkpoint: Checkpoint;
}

/** @throws StudioError `resume-build-differs`, `resume-dataset-differs`, `resume-recipe-differs` */
export function checkSameExperiment(saved: SavedRun, build: string, recipe: Recipe, datasetSha256: string): void {
  if (saved.build !== build) {
    throw differs(
      'build',
      'build',
      saved.build,
      build,
      'Resume it with the build that began it, or begin anew with --overwrite.',
    );
  }
  if (saved.checkpoint.datasetSha256 !== datasetSha256) {
    const remedy = 'Give the dataset that it began with.';
    throw differs('dataset', 'dataset.sha256', saved.checkpoint.datasetSha256, datasetSha256, remedy);
  }
  const found = firstDifference(saved.checkpoint.recipe, recipe);
  if (found === null) return;
  const remedy = 'Leave RECIPE and --set out to go on with the checkpoint’s own recipe, or begin anew with --overwrite.';
  throw differs('recipe', found.path, found.a, found.b, remedy);
}

/** @throws StudioError `resume-device-differs` */
export function checkSameDevice(saved: SavedRun, device: CheckpointIdentity['device']): void {
  const found = firstDifference(saved.device, device);
  if (found === null) return;
  const remedy = 'Resume it on the device that it began on, or begin anew with --overwrite.';
  throw differs('device', `device.${found.path}`, found.a, found.b, remedy);
}

/** @throws StudioError `resume-tiles-differs` */
export function checkSameTiles({ checkpoint }: SavedRun, tiles: string | null): void {
  const saved = checkpoint.tiles ?? null;
  if (saved === tiles) return;
  throw differs('tiles', 'tiles', saved ?? 'none', tiles ?? 'none', 'Leave --tiles out to go on with the checkpoint’s own.');
}

function differs(what: string, where: string, saved: string, now: string, remedy: string): StudioError {
  return new StudioError({
    code: `resume-${what}-differs`,
    message: `The checkpoint has ${where} = ${saved}; now it is ${now}.`,
    remedy,
    details: [{ where, found: now, expected: saved }],
  });
}

/** The first place where two plain values differ, and what stands there in each. */
export function firstDifference(a: unknown, b: unknown, path = ''): { path: string; a: string; b: string } | null {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference(a[key], b[key], path === '' ? key : `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return Object.is(a, b) ? null : { path, a: text(a), b: text(b) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
