/**
 * Which tiles a device's kernels take: those that a run is bound to; else those measured on this adapter before; else they
 * are measured now, once. Emulated adapters are not measured: there the tiled kernels take longer to compile and to run than the
 * direct ones, and in a browser WebAssembly is faster than any of them.
 */
import { isSoftware } from '../webgpu.ts';
import {
  choiceOf,
  choiceText,
  defaultChoice,
  softwareChoice,
  takesSubgroups,
  tiles,
  tilesWithoutSubgroups,
  unknownTiles,
  type KernelChoice,
  type TileName,
} from './tiles.ts';
import { tuneTiles, type TuningOptions } from './tuner.ts';

/** What was measured here, by adapter; only of this build's kernels. */
export interface TileMemory {
  read(adapter: string): Promise<string | null>;
  keep(adapter: string, choice: string): Promise<void>;
}

export interface TileWishes {
  /** The text of a choice that is to be taken as it is, or `default`; null for the adapter's. */
  readonly tiles: string | null;
  /** Null where nothing is to be measured: then the default is taken. */
  readonly memory: TileMemory | null;
  /** Told while candidates are measured. */
  readonly measuring?: TuningOptions['progress'];
}

/** About what measuring may take on a graphics card, its compiling included: no shape is begun that would end later. */
const budgetMs = 3000;
const images = 64;
const [first, ...others] = Object.keys(tiles) as [TileName, ...TileName[]];

/** @throws StudioError `tiles-unknown`, `tiles-without-subgroups` */
export async function chosenTiles(device: GPUDevice, { measuring, memory, tiles: wanted }: TileWishes): Promise<KernelChoice> {
  const remembered = await rememberedTiles(device, { tiles: wanted, memory });
  if (remembered !== null) return remembered;
  const chosen = await tuneTiles({ device, candidates: [first, ...others], budgetMs, images, progress: measuring });
  await memory?.keep(adapterName(device), choiceText(chosen));
  return chosen;
}

/** Those that will run as far as it is known now: where they are yet to be measured, what is most likely. @throws StudioError as `chosenTiles` */
export async function foreseenTiles(device: GPUDevice, wishes: Pick<TileWishes, 'memory' | 'tiles'>): Promise<KernelChoice> {
  return (await rememberedTiles(device, wishes)) ?? defaultChoice.hardware;
}

/** What is known without measuring; null where it has to be measured. @throws StudioError as `chosenTiles` */
export async function rememberedTiles(
  device: GPUDevice,
  { memory, tiles: wanted }: Pick<TileWishes, 'memory' | 'tiles'>,
): Promise<KernelChoice | null> {
  const software = isEmulated(device);
  if (wanted !== null && wanted !== 'default') {
    const bound = choiceOf(wanted);
    if (bound === null) throw unknownTiles(wanted);
    if (takesSubgroups(bound) && !device.features.has('subgroups')) throw tilesWithoutSubgroups(wanted);
    return bound;
  }
  if (software) return softwareChoice(device.features);
  if (wanted === 'default' || memory === null) return defaultChoice.hardware;
  const known = await memory.read(adapterName(device));
  return known === null ? null : choiceOf(known);
}

/** Not every browser tells a device's adapter; those emulate none. */
const infoOf = (device: GPUDevice) => device.adapterInfo as GPUAdapterInfo | undefined;

function isEmulated(device: GPUDevice): boolean {
  const info = infoOf(device);
  return info !== undefined && isSoftware(info);
}

function adapterName(device: GPUDevice): string {
  const info = infoOf(device);
  return info === undefined ? 'unnamed' : [info.vendor, info.architecture, info.device, info.description].join(', ');
}
