/** The recipe of a run: a preset by its name, or a JSON file; then the overrides; then the schema. */
import { StudioError } from '../base/errors.ts';
import { armsOf } from '../recipe/arms.ts';
import { presets } from '../recipe/presets.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { backboneName } from '../report/weightsFile.ts';
import { nearest } from './nearest.ts';
import { readText } from './nodeFile.ts';
import { withOverrides } from './overrides.ts';

/**
 * @throws StudioError `file-missing`, `file-unreadable`, `recipe-not-json`, `recipe-invalid`, `set-syntax`, `set-unknown`,
 * `arm-reserved`
 */
export async function openRecipe(source: string, overrides: readonly string[]): Promise<Recipe> {
  const preset = presets.find(({ recipe }) => recipe.name === source)?.recipe;
  const recipe = parseRecipe(withOverrides(preset ?? (await fromFile(source)), overrides));
  if (armsOf(recipe).some(({ name }) => name === backboneName)) {
    throw new StudioError({
      code: 'arm-reserved',
      message: `The recipe has an arm named “${backboneName}”, the name that the backbone’s own files have.`,
      remedy: 'Give the arm another name.',
    });
  }
  return recipe;
}

async function fromFile(path: string): Promise<unknown> {
  const text = await readText(path, 'recipe').catch((thrown: unknown) => {
    throw withPresets(path, thrown);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StudioError(
      {
        code: 'recipe-not-json',
        message: `“${path}” does not read as JSON (${reason}).`,
        remedy: 'Save the recipe from the page again, or start from a preset’s recipe.json.',
      },
      { cause },
    );
  }
}

/** A bare word that is no file was likely meant as a preset. */
function withPresets(source: string, thrown: unknown): unknown {
  if (!(thrown instanceof StudioError) || thrown.code !== 'file-missing' || !/^[\w-]+$/.test(source)) return thrown;
  const names = presets.map(({ recipe }) => recipe.name);
  const near = nearest(source, names);
  return new StudioError({
    code: 'recipe-missing',
    message: `“${source}” is neither a preset nor a file.`,
    remedy: near === null ? `Presets: ${names.join(', ')}.` : `Did you mean the preset ${near}?`,
  });
}
