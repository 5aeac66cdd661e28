/**
 * `.inmerge.zip`: an experiment to hand on. Its `manifest.json` names every part with its size and SHA-256, so that a
 * bundle is opened whole and unaltered or not at all. What opens as an experiment is `experiment.inmerge` inside.
 */
import { shown } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import { sha256Of } from '../data/digest.ts';
import { readMember } from '../data/member.ts';
import { Source, type NamedBlob } from '../data/source.ts';
import { readZip, type ZipMember } from '../data/zip.ts';
import { zipPieces } from '../data/zipWriter.ts';
import { encodeResults, readResults, resultsFileName, type ResultsFile } from '../experiment/resultsFile.ts';
import { encoded, type ReportFile } from './reportFile.ts';
import { weightsFolder } from './weightsFile.ts';

export const bundleEnding = '.inmerge.zip';
const manifestName = 'manifest.json';
const version = 1;
const maxManifestBytes = 4_000_000;
/** Weights of every run may be among them. */
const maxParts = 5000;

interface Part {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: 'inmerge-bundle';
  readonly version: number;
  readonly build: string;
  readonly parts: readonly Part[];
}

/** @param files of a report, and whatever else belongs to it (weights) */
export async function bundlePieces(
  results: ResultsFile,
  files: readonly ReportFile[],
  build: string,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const members = new Map<string, readonly Uint8Array<ArrayBuffer>[]>([
    [resultsFileName, await encodeResults(results)],
    ...files.map(({ path, pieces }) => [path, pieces] as const),
  ]);
  const parts: Part[] = [];
  for (const [path, pieces] of members)
    parts.push({ path, bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), sha256: await sha256Of(pieces) });
  const manifest: Manifest = { format: 'inmerge-bundle', version, build, parts };
  return zipPieces(new Map([[manifestName, encoded(`${JSON.stringify(manifest, null, 2)}\n`)], ...members]));
}

export interface Bundle {
  readonly manifest: Manifest;
  readonly results: ResultsFile;
  readonly weights: GivenWeights;
}

/** Files of weights that came with results, by `weightsFileName`. Read when they are asked for: there may be gigabytes of them. */
export interface GivenWeights {
  has(name: string): boolean;
  /** Null where it is not among them. @throws StudioError `bundle-part-altered` where the bundle has changed since it was opened */
  read(name: string): Promise<Blob | null>;
}

/**
 * Every part is read and checked before anything is believed.
 * @throws StudioError `bundle-not`, `bundle-newer`, `bundle-part-missing`, `bundle-part-altered`, or what the zip or the
 * results in it are refused for.
 */
export async function readBundle(file: NamedBlob): Promise<Bundle> {
  const source = new Source(file);
  const { members } = await readZip(source, maxParts);
  const byName = new Map(members.map((member) => [member.name, member]));
  const manifest = await readManifest(source, byName.get(manifestName), file.name);
  let results: Uint8Array<ArrayBuffer>[] | null = null;
  for (const part of manifest.parts) {
    const member = byName.get(part.path);
    if (member === undefined) throw missing(part.path);
    if (member.sizeBytes !== part.bytes) throw altered(part, `${member.sizeBytes} bytes`, `${part.bytes} bytes`);
    const pieces = await checked(source, member, part);
    if (part.path === resultsFileName) results = pieces;
  }
  if (results === null) throw missing(resultsFileName);
  const weights = new Map(manifest.parts.map((part) => [part.path, part]));
  const pathOf = (name: string): string => `${weightsFolder}/${name}`;
  return {
    manifest,
    results: await readResults(new Blob(results)),
    weights: {
      has: (name) => weights.has(pathOf(name)),
      async read(name) {
        const [part, member] = [weights.get(pathOf(name)), byName.get(pathOf(name))];
        return part === undefined || member === undefined ? null : new Blob(await checked(source, member, part));
      },
    },
  };
}

async function checked(source: Source, member: ZipMember, part: Part): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces = await piecesOf(source, member);
  const found = await sha256Of(pieces);
  if (found !== part.sha256) throw altered(part, `SHA-256 ${found}`, `SHA-256 ${part.sha256}`);
  return pieces;
}

/** True of a bundle by its name, or of any zip by its first bytes. */
export async function looksLikeBundle(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/** Results from either form: a bundle, or `experiment.inmerge` alone. */
export const readAnyResults = async (file: NamedBlob): Promise<ResultsFile> => (await openAnyResults(file)).results;

/** As `readAnyResults`, with what a bundle has beside them; null where they came alone. */
export async function openAnyResults(
  file: NamedBlob,
): Promise<{ readonly results: ResultsFile; readonly build: string | null; readonly weights: GivenWeights | null }> {
  if (!(await looksLikeBundle(file))) return { results: await readResults(file), build: null, weights: null };
  const { manifest, results, weights } = await readBundle(file);
  return { results, build: manifest.build, weights };
}

async function readManifest(source: Source, member: ZipMember | undefined, name: string): Promise<Manifest> {
  const not = (why: string) =>
    new StudioError({
      code: 'bundle-not',
      message: `“${shown(name)}” is a zip, but no bundle of results: ${why}.`,
      remedy: `Bundles are made by Export or “inmerge report”, and end in ${bundleEnding}.`,
    });
  if (member === undefined) throw not(`it has no ${manifestName}`);
  if (member.sizeBytes > maxManifestBytes) throw not(`its ${manifestName} has ${member.sizeBytes} bytes`);
  let value: Partial<Manifest> | null;
  try {
    value = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(await joinedBytes(source, member)),
    ) as Partial<Manifest> | null;
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw not(`its ${manifestName} does not read as JSON`);
  }
  if (value?.format !== 'inmerge-bundle' || typeof value.version !== 'number')
    throw not(`its ${manifestName} is of another kind`);
  if (value.version > version) {
    throw new StudioError({
      code: 'bundle-newer',
      message: `The bundle is of version ${value.version}; this studio reads version ${version}.`,
      remedy: 'Open it with the studio that made it, or bring this one up to date.',
      details: [{ where: manifestName, found: `version ${value.version}`, expected: `version ${version}` }],
    });
  }
  const isPart = (part: unknown): part is Part => {
    const { path, bytes, sha256 } = (part ?? {}) as Partial<Part>;
    return typeof path === 'string' && typeof bytes === 'number' && typeof sha256 === 'string';
  };
  if (!Array.isArray(value.parts) || !value.parts.every(isPart)) throw not(`its ${manifestName} does not list its parts`);
  return value as Manifest;
}

async function piecesOf(source: Source, member: ZipMember): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await readMember(source, member, (piece) => pieces.push(piece.slice()));
  return pieces;
}

const joinedBytes = async (source: Source, member: ZipMember): Promise<ArrayBuffer> =>
  new Blob(await piecesOf(source, member)).arrayBuffer();

const missing = (path: string): StudioError =>
  new StudioError({
    code: 'bundle-part-missing',
    message: `The bundle’s “${shown(path)}” is missing. Nothing was opened.`,
    remedy: 'Get the bundle again; it was changed after it was made.',
    details: [{ where: path, found: 'missing', expected: 'a part of the bundle' }],
  });

const altered = ({ path }: Part, found: string, expected: string): StudioError =>
  new StudioError({
    code: 'bundle-part-altered',
    message: `The bundle’s “${shown(path)}” was altered after the bundle was made. Nothing was opened.`,
    remedy: 'Get the bundle again from where it was made.',
    details: [{ where: path, found, expected }],
  });
