/**
 * The device that trains: surveyed, opened, named, and opened anew where it was lost. Openings follow one another, and a
 * device that cannot be had gives way to the automatic choice.
 */
import { errorData, StudioError } from '../base/errors.ts';
import type { Backend } from '../gpu/backends.ts';
import { automaticChoice, surveyDevices } from '../gpu/survey.ts';
import { mostBytes } from '../gpu/compiled/chunks.ts';
import type { TileMemory } from '../gpu/compiled/tileChoice.ts';
import { choiceText } from '../gpu/compiled/tiles.ts';
import { mostHeldBytes } from '../gpu/heldImages.ts';
import type { Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { describeDevice } from './deviceReport.ts';
import { protocolVersion, type DeviceChoice, type StepMemory, type WorkerEvent } from './protocol.ts';

export interface DevicesOptions {
  readonly say: (event: WorkerEvent) => void;
  /** Addresses of tfjs-backend-wasm's binaries, by file name. */
  readonly wasmPaths: Record<string, string>;
  /** Called before the present device is closed: what stands on it must go. */
  readonly onLeave: () => void;
  /** Whether a fault is told by whoever trains, as the end of the training. */
  readonly training: () => boolean;
  /** Tiles that were measured here. */
  readonly tiles: Promise<TileMemory>;
}

export class Devices {
  readonly #options: DevicesOptions;
  #backend: Backend | null = null;
  #choice: DeviceChoice = 'auto';
  #name = '';
  /** What a step takes, as the end of a sentence. */
  #needs = '';
  /** Openings follow one another; a start waits for the last. */
  #ready: Promise<void> = Promise.resolve();

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  /** Name of the device as it goes into checkpoints. */
  get name(): string {
    return this.#name;
  }

  get fault(): StudioError | null {
    return this.#backend?.webgpu?.fault() ?? null;
  }

  choose(choice: DeviceChoice): void {
    this.#ready = this.#ready.then(() => this.#open(choice));
  }

  /** After the last opening. A device that was lost computes nothing any more, though it pretends to: a new one takes its place. */
  async ready(): Promise<void> {
    await this.#ready;
    if (this.fault !== null) await this.#open(this.#choice);
  }

  /**
   * How to make trainers here.
   * @param tiles those that an experiment began with; null for this adapter's, which are measured where they are not known
   * @throws StudioError `nothing-to-train` where there is no device.
   */
  async trainers(tiles: string | null = null) {
    if (this.#backend === null) throw nothingToTrain();
    this.#needs = '';
    const { trainerFactory } = await import('../train/createTrainer.ts');
    const device = this.#backend.webgpu?.device ?? null;
    const tell = (stage: string) => {
      if (this.#options.training()) this.#options.say({ say: 'preparing', stage });
    };
    const factory = await trainerFactory(device, {
      tiles,
      memory: await this.#options.tiles,
      measuring: (done, total) => {
        if (done < total) tell(`Measuring once how this GPU likes its work cut: ${done} of ${total} kernels`);
      },
      // What comes after the last shader may take a while, too, on an emulated GPU.
      compiling: (done, total) =>
        tell(
          done < total
            ? `Compiling the training step for this GPU: ${done} of ${total} shaders${this.#needs}`
            : 'Compiled; the first step runs',
        ),
    });
    return { ...factory, maxBindingBytes: device?.limits.maxStorageBufferBindingSize ?? null };
  }

  /** The tiles that trainers have here; null on other devices, and before they are measured. */
  async tiles(): Promise<string | null> {
    const device = this.#backend?.webgpu?.device;
    if (device === undefined) return null;
    const { rememberedTiles } = await import('../gpu/compiled/tileChoice.ts');
    const known = await rememberedTiles(device, { tiles: null, memory: await this.#options.tiles });
    return known === null ? null : choiceText(known);
  }

  /**
   * What a step will take of the GPU, without making any of it; null on other devices.
   * @param tiles those of the experiment; null for those that one would have here
   */
  async stepMemory(
    network: Network,
    { batchSize, maps }: Recipe['optimiser'],
    imageBytes: number,
    tiles: string | null = null,
  ): Promise<StepMemory | null> {
    const device = this.#backend?.webgpu?.device;
    if (device === undefined) return null;
    const { stepNeeds } = await import('../gpu/compiled/stepNeeds.ts');
    const { foreseenTiles } = await import('../gpu/compiled/tileChoice.ts');
    const kernels = await foreseenTiles(device, { tiles, memory: await this.#options.tiles });
    const { chunks, parameterBytes, stepBytes } = stepNeeds(network, batchSize, device.limits, kernels, maps === 'float16');
    const images = { imageBytes, holdsImages: imageBytes <= mostHeldBytes };
    return { bytes: stepBytes + parameterBytes, chunks, mostBytes: mostBytes(device.limits), ...images };
  }

  /** Tells what a step of an experiment will take of the GPU, before its shaders are compiled. */
  async tellNeeds(network: Network, optimiser: Recipe['optimiser'], tiles: string | null): Promise<void> {
    const step = await this.stepMemory(network, optimiser, 0, tiles);
    if (step === null) return;
    const megabytes = Math.ceil(step.bytes / 1e6).toLocaleString('en');
    const cut =
      step.chunks > 1
        ? `, in ${step.chunks} exact chunks since one map may take ${Math.floor(step.mostBytes / 1e6)} MB here`
        : '';
    this.#needs = `. A step of ${optimiser.batchSize} images takes ${megabytes} MB of it${cut}.`;
  }

  async #open(choice: DeviceChoice): Promise<void> {
    const { say, wasmPaths, onLeave, training } = this.#options;
    this.#choice = choice;
    try {
      onLeave();
      this.#backend?.close();
      this.#backend = null;
      const survey = await surveyDevices();
      const device = choice === 'auto' ? automaticChoice(survey) : choice;
      const { openBackend } = await import('../gpu/backends.ts');
      const backend = await openBackend(device, { paths: wasmPaths, threads: survey.threads });
      this.#backend = backend;
      // An error while training ends the training, and is told there.
      backend.webgpu?.onFault((fault) => {
        if (!training()) say({ say: 'failed', error: fault.toData() });
      });
      const limits = backend.webgpu?.device.limits;
      const report = describeDevice(survey, choice, device, {
        maxBufferBytes: limits?.maxBufferSize ?? null,
        maxBindingBytes: limits?.maxStorageBufferBindingSize ?? null,
        storesFloat16: backend.webgpu?.device.features.has('shader-f16') ?? false,
      });
      this.#name = `${device}: ${report.hardware}`;
      say({ say: 'device', version: protocolVersion, report });
    } catch (thrown) {
      say({ say: 'failed', error: errorData(thrown) });
      if (choice !== 'auto') await this.#open('auto');
    }
  }
}

export const nothingToTrain = (): StudioError =>
  new StudioError({
    code: 'nothing-to-train',
    message: 'There is no dataset or no device yet.',
    remedy: 'Open a dataset first.',
  });
