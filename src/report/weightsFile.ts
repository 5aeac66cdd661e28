/**
 * The weights of a run as one file: torchvision's names and layout, and beside them what they are of. The same in a folder
 * of results and in a bundle, whoever writes it.
 */
import { StudioError } from '../base/errors.ts';
import type { NamedRun } from '../experiment/events.ts';
import type { Weights } from '../model/initialWeights.ts';
import { elements, parameters, type Network } from '../model/network.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import type { ReportFile } from './reportFile.ts';

/** What the backbone's own files are named by; no arm may be. */
export const backboneName = 'backbone';

/** The run without its seed: `backbone`, `inmerge`, `backbone+vgg11-bn`. */
export const runTitle = ({ arm, base }: Pick<NamedRun, 'arm' | 'base'>): string =>
  `${arm ?? backboneName}${base === undefined ? '' : `+${base}`}`;

/** `inmerge_seed0`, or `inmerge+vgg11-bn_seed0` on another network. */
export const runFileName = (run: NamedRun): string => `${runTitle(run)}_seed${run.seed}`;

export const weightsFileName = (run: NamedRun): string => `${runFileName(run)}.safetensors`;

/** Where they stand, in a folder of results and in a bundle. */
export const weightsFolder = 'weights';

export interface WeightsOf {
  readonly run: NamedRun;
  readonly network: Network;
  /** Of the selected epoch, in the studio's layout. */
  readonly weights: Weights;
  readonly build: string;
  readonly recipeName: string;
  readonly dataset: { readonly name: string; readonly sha256: string };
}

/** `weights/inmerge_seed0.safetensors`, which loads in PyTorch with strict=True. */
export function weightsFile({ run, network, weights, build, recipeName, dataset }: WeightsOf): ReportFile {
  const metadata = new Map([
    ['build', build],
    ['recipe', recipeName],
    ['network', network.title],
    ['dataset', dataset.name],
    ['dataset_sha256', dataset.sha256],
    ['seed', String(run.seed)],
    ['arm', run.arm ?? backboneName],
    ...(run.base === undefined ? [] : [['base', run.base] as const]),
  ]);
  const pieces = stateDictPieces(network, weights, metadata);
  return { path: `${weightsFolder}/${weightsFileName(run)}`, type: 'application/octet-stream', pieces };
}

/**
 * Files are found by their names, which anybody can change; what they are of stands inside.
 * @param metadata of a file; one that another program wrote says nothing, and is believed
 * @throws StudioError `weights-of-another-run`
 */
export function refuseOtherRun(metadata: ReadonlyMap<string, string>, run: NamedRun): void {
  if (!metadata.has('arm')) return;
  const facts = [
    ['seed', String(run.seed)],
    ['arm', run.arm ?? backboneName],
    ['base', run.base],
  ] as const;
  for (const [field, wanted] of facts) {
    const found = metadata.get(field);
    if (found === wanted) continue;
    throw new StudioError({
      code: 'weights-of-another-run',
      message: `“${weightsFileName(run)}” holds the weights of another run than its name says.`,
      remedy: 'Give the files the names back that they were written under, or run the experiment again.',
      details: [{ where: field, found: found ?? 'none', expected: wanted ?? 'none' }],
    });
  }
}

/** Bytes of the numbers in it; its header adds a few kilobytes. */
export const weightsBytes = (network: Network): number =>
  4 * parameters(network).reduce((sum, { shape }) => sum + elements(shape), 0);
