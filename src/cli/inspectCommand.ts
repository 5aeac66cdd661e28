/** `inmerge inspect`: says what a file or a results folder holds, told apart by its first bytes and never by trust. */
import { stat } from 'node:fs/promises';
import { shown } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import type { NamedBlob } from '../data/source.ts';
import { SafetensorsFile } from '../model/safetensors.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { readBundle } from '../report/bundle.ts';
import { Study } from '../report/study.ts';
import { headTable } from '../report/tablesOf.ts';
import type { Given } from './commandLine.ts';
import { inspectNpz } from './inspectNpz.ts';
import { inspectResults } from './inspectResults.ts';
import { openNamed } from './nodeFile.ts';
import { NodeFolder } from './nodeFolder.ts';
import type { Screen } from './screen.ts';
import { table } from './table.ts';

/** @throws StudioError `path-missing`, `not-known`, and what reading the file throws */
export async function inspectCommand({ words }: Given, screen: Screen): Promise<number> {
  const [path] = words;
  if (path === undefined) {
    throw new StudioError({
      code: 'path-missing',
      message: 'There is nothing to inspect.',
      remedy: 'Name a file or a folder of results: inmerge inspect PATH.',
    });
  }
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) {
    process.stdout.write(await inspectResults(new NodeFolder(path)));
    return 0;
  }
  const file = await openNamed(path, 'file');
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const starts = (text: string, at = 0): boolean => new TextEncoder().encode(text).every((byte, k) => head[at + k] === byte);
  if (/\.inmerge\.zip$/i.test(path)) {
    process.stdout.write(await bundleText(file));
    return 0;
  }
  if (/\.npz$/i.test(path) || starts('PK')) return inspectNpz(file, screen);
  if (/\.safetensors$/i.test(path) || starts('{', 8)) process.stdout.write(await safetensorsText(file));
  else if (/\.json$/i.test(path) || starts('{')) process.stdout.write(await jsonText(file));
  else {
    throw new StudioError({
      code: 'not-known',
      message: `“${path}” is none of the kinds of file that can be inspected.`,
      remedy: 'Name an .npz, a .safetensors, a recipe’s .json, a bundle (.inmerge.zip) or a folder of results.',
    });
  }
  return 0;
}

/** A bundle is read whole: what is shown of it is unaltered. */
async function bundleText(file: NamedBlob): Promise<string> {
  const { manifest, results } = await readBundle(file);
  const study = new Study(results);
  const found = headTable(study);
  const { record } = results;
  const rows = manifest.parts.map(({ path, bytes, sha256 }) => [shown(path), String(bytes), `${sha256.slice(0, 12)}…`]);
  return [
    `${shown(file.name)}: bundle of “${shown(record.datasetTitle)}, ${shown(record.name)}”, ${record.state}, made by ${shown(manifest.build)}`,
    '',
    found === null
      ? 'No run is over yet.\n'
      : table([found.columns.map((column) => column.name), ...found.rows.map((row) => row.map((cell) => cell.text))]),
    table([['part', 'bytes', 'SHA-256'], ...rows]),
  ].join('\n');
}

async function safetensorsText(file: NamedBlob): Promise<string> {
  const { metadata, tensors } = await SafetensorsFile.open(file);
  const count = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
  const floats = [...tensors.values()].filter(({ dtype }) => dtype.startsWith('F') || dtype === 'BF16');
  const statistics = floats.filter(({ name }) => /running_(mean|var)$/.test(name));
  const all = floats.reduce((sum, { shape }) => sum + count(shape), 0);
  const running = statistics.reduce((sum, { shape }) => sum + count(shape), 0);
  const rows = [...tensors.values()].map(({ name, dtype, shape }) => [shown(name), dtype, `[${shape.join(', ')}]`]);
  return [
    `${shown(file.name)}: safetensors, ${tensors.size} tensors, ${all - running} parameters${running > 0 ? ` and ${running} running statistics` : ''}`,
    ...[...metadata].map(([key, text]) => `  ${shown(key)}: ${shown(text)}`),
    '',
    table([['tensor', 'dtype', 'shape'], ...rows]),
  ].join('\n');
}

async function jsonText(file: NamedBlob): Promise<string> {
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StudioError(
      { code: 'recipe-not-json', message: `“${shown(file.name)}” does not read as JSON (${reason}).`, remedy: 'Save it again.' },
      { cause },
    );
  }
  const recipe = parseRecipe(value);
  return `${shown(file.name)}: recipe “${shown(recipe.name)}”\n\n${table(leaves(recipe))}`;
}

/** Every field with its path, as `--set` takes them. */
function leaves(value: unknown, path = ''): string[][] {
  const isList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (typeof value !== 'object' || value === null || isList) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
