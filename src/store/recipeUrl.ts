/**
 * A recipe in the URL's hash: `#r=2.` and the JSON, gzipped (whose checksum tells a cut or altered link), in base64url.
 * Links of earlier builds (`1.`, bare deflate) open as well. What comes from a URL is not trusted: its length, its unpacked
 * size and its content are all bounded, and a refusal says which bound was met.
 */
import { StudioError } from '../base/errors.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';

const version = '2';
/** How each version packs its JSON. */
const packings: Readonly<Record<string, CompressionFormat>> = { '1': 'deflate-raw', [version]: 'gzip' };
/** Longest payload read, in characters; a recipe of 100 seeds takes under 2,000. */
const maxCharacters = 16_384;
/** Largest recipe once unpacked, in bytes. */
const maxBytes = 65_536;

/** The text after `#r=` for this recipe. */
export async function encodeRecipe(recipe: Recipe): Promise<string> {
  const packed = await collect(new Blob([JSON.stringify(recipe)]).stream().pipeThrough(new CompressionStream('gzip')), Infinity);
  let binary = '';
  for (const byte of packed) binary += String.fromCharCode(byte);
  return `${version}.${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/**
 * The recipe of a payload.
 * @throws StudioError `recipe-url-version`, `recipe-url-long`, `recipe-url-cut`, or the recipe's own refusals.
 */
export async function decodeRecipe(payload: string): Promise<Recipe> {
  const dot = payload.indexOf('.');
  const found = dot < 0 ? payload.slice(0, 10) : payload.slice(0, Math.min(dot, 10));
  const packing = Object.hasOwn(packings, found) ? packings[found] : undefined;
  if (packing === undefined) {
    const newer = /^\d+$/.test(found) && Number(found) > Number(version);
    throw new StudioError({
      code: 'recipe-url-version',
      message: newer
        ? `The link is of version ${found}, made by a newer studio; this one reads up to version ${version}.`
        : `The link holds a recipe in format "${found}"; this studio reads formats 1 and ${version}.`,
      remedy: newer
        ? 'Bring this studio up to date, or ask for the recipe as a .json file.'
        : 'Ask for the recipe as a .json file, or open the link in the studio that made it.',
    });
  }
  if (payload.length > maxCharacters) {
    throw new StudioError({
      code: 'recipe-url-long',
      message: `The recipe in the link is ${payload.length.toLocaleString('en')} characters long; at most ${maxCharacters.toLocaleString('en')} are read.`,
      remedy: 'Ask for the recipe as a .json file.',
    });
  }
  return parseRecipe(await unpackJson(payload.slice(dot + 1), packing));
}

/** The payload of `#r=…` in a hash, or null where it holds no recipe. */
export function recipePayload(hash: string): string | null {
  const part = hash
    .replace(/^#/, '')
    .split('&')
    .find((entry) => entry.startsWith('r='));
  return part === undefined ? null : part.slice(2);
}

async function unpackJson(text: string, packing: CompressionFormat): Promise<unknown> {
  let unpacked: Uint8Array;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    unpacked = await collect(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(packing)), maxBytes);
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw cut();
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(unpacked)) as unknown;
  } catch {
    throw cut();
  }
}

function cut(): StudioError {
  return new StudioError({
    code: 'recipe-url-cut',
    message: 'The recipe in the link cannot be unpacked. Links lose their end in some mail and chat programs.',
    remedy: 'Copy the whole link again, or ask for the recipe as a .json file.',
  });
}

async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new StudioError({
        code: 'recipe-url-long',
        message: `The recipe in the link unpacks to more than ${limit.toLocaleString('en')} bytes.`,
        remedy: 'A recipe takes under 4,000 bytes; this link was not made by the studio.',
      });
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
