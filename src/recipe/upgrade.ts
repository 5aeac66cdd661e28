/**
 * Recipes of older versions, as the present one: files, links and past experiments still open. What did not exist then gets
 * the value that it had without being said, so that the same runs come of it.
 *
 * 1 -> 2: merging has a condition (`similar` was the only one), and there is a sweep (there was none).
 * 2 -> 3: start weights may come from a file, and a sweep may hold networks and start weights; what was said before stays.
 */
export const recipeVersion = 3;

/** Anything that is not a recipe of an older version comes back as it is, for the schema to judge. */
export function upgraded(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (value['version'] === 2) return { ...value, version: recipeVersion };
  if (value['version'] !== 1) return value;
  const merging = value['merging'];
  return {
    ...value,
    version: recipeVersion,
    ...(isObject(merging) ? { merging: { condition: 'similar', ...merging } } : {}),
    sweep: {},
  };
}

/** The version of a recipe that was written by a newer studio; null for all else. */
export function newerVersion(value: unknown): number | null {
  const version = isObject(value) ? value['version'] : null;
  return typeof version === 'number' && Number.isInteger(version) && version > recipeVersion ? version : null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
