/**
 * The device of a run: chosen, opened by the way the page opens it, and named, since a run goes on bit for bit only on the
 * device that it began on.
 */
import { createRequire } from 'node:module';
import { build } from '../base/build.ts';
import { StudioError } from '../base/errors.ts';
import { openBackend, type Backend } from '../gpu/backends.ts';
import { isSoftware } from '../gpu/webgpu.ts';
import { trainerFactory, type TrainerFactory } from '../train/createTrainer.ts';
import { KeptTiles } from '../storage/keptTiles.ts';
import { cacheFolder } from './cacheFolder.ts';
import { findDawn, offerGpu, type Dawn } from './dawn.ts';
import type { DeviceName } from './deviceName.ts';
import type { Screen } from './screen.ts';

export interface OpenDevice {
  readonly name: DeviceName;
  /** What computes, with its driver where there is one; equal text means equal bits. */
  readonly hardware: string;
  readonly maxBindingBytes: number | null;
  /**
   * How to make trainers here.
   * @param tiles how the GPU's kernels are to be cut, or `default`; null for this adapter's, measured where they are not known
   * @throws StudioError `tiles-unknown`, or `tiles-without-gpu` where the device is no GPU
   */
  trainers(tiles: string | null): Promise<TrainerFactory>;
  /** @throws StudioError the first fault of the device since it was opened */
  checkFault(): void;
  /** Frees the device, after which the process can end by itself. */
  close(): Promise<void>;
}

/**
 * Opens the named device; null chooses WebGPU on a graphics card, else WASM, and says why.
 * @throws StudioError `webgpu-absent`, `device-absent`
 */
export async function openDevice(name: DeviceName | null, screen: Screen): Promise<OpenDevice> {
  if (name === 'wasm' || name === 'cpu') return openPlain(name);
  const dawn = await dawnOrReason(name === 'webgpu');
  if (name === 'webgpu') {
    if (typeof dawn === 'string') throw noGpu(dawn);
    return openGpu(dawn, screen);
  }
  if (typeof dawn === 'string') {
    screen.line(`note: ${dawn}; training on WebAssembly (one thread). --device webgpu also tries an emulated GPU.`);
  } else if (isSoftware(dawn.adapter.info)) {
    screen.line(
      `note: the only GPU here is emulated on the processor (${named(dawn.adapter.info)}); training on WebAssembly, which is faster. --device webgpu takes it all the same.`,
    );
  } else return openGpu(dawn, screen);
  return openPlain('wasm');
}

/** Dawn, or why there is none. */
async function dawnOrReason(emulated: boolean): Promise<Dawn | string> {
  try {
    return (await findDawn({ emulated })) ?? 'no WebGPU adapter was found';
  } catch (thrown) {
    // The package is optional: it has no binary for some systems, and needs a recent C library.
    const [reason] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
    return `Dawn could not be loaded (${reason})`;
  }
}

function noGpu(reason: string): StudioError {
  const install =
    process.platform === 'linux'
      ? 'Install your graphics card’s Vulkan driver and libvulkan1 (an emulated GPU: apt-get install chromium libvulkan1), or use --device wasm.'
      : 'Use --device wasm.';
  return new StudioError({ code: 'webgpu-absent', message: `WebGPU cannot be used: ${reason}.`, remedy: install });
}

const named = (info: GPUAdapterInfo): string =>
  [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== '').join(', ') || 'unnamed adapter';

async function openGpu(dawn: Dawn, screen: Screen): Promise<OpenDevice> {
  offerGpu(dawn.gpu);
  const backend = await openBackend('webgpu', { paths: null, threads: 1 });
  const { webgpu } = backend;
  if (webgpu === null) throw noGpu('the backend has no device');
  const { device } = webgpu;
  return {
    name: 'webgpu',
    hardware: named(webgpu.adapterInfo),
    maxBindingBytes: device.limits.maxStorageBufferBindingSize,
    trainers: (tiles) =>
      trainerFactory(device, {
        tiles,
        memory: new KeptTiles(cacheFolder(), build),
        measuring: (done, total) =>
          screen.transient(`measuring once how this GPU likes its work cut: ${done} of ${total} kernels`),
      }),
    checkFault: () => {
      const fault = webgpu.fault();
      if (fault !== null) throw fault;
    },
    close: async () => {
      await device.queue.onSubmittedWorkDone().catch(() => {});
      backend.close();
      offerGpu(null);
    },
  };
}

async function openPlain(name: 'wasm' | 'cpu'): Promise<OpenDevice> {
  const backend: Backend = await openBackend(name, { paths: name === 'wasm' ? wasmFiles() : null, threads: 1 });
  return {
    name,
    hardware: name === 'wasm' ? 'WebAssembly, one thread' : 'JavaScript',
    maxBindingBytes: null,
    trainers: (tiles) => {
      if (tiles !== null) throw noTiles(name);
      return trainerFactory(null, { tiles: null, memory: null });
    },
    checkFault: () => {},
    close: () => {
      backend.close();
      return Promise.resolve();
    },
  };
}

function noTiles(name: DeviceName): StudioError {
  return new StudioError({
    code: 'tiles-without-gpu',
    message: `Tiles were named, but the device is ${name}: only kernels on WebGPU are cut in tiles.`,
    remedy: 'Leave --tiles out, or add --device webgpu.',
  });
}

/** The bundle is no neighbour of tfjs's binaries: they stay in node_modules. */
function wasmFiles(): Record<string, string> {
  const find = createRequire(import.meta.url);
  const names = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
  return Object.fromEntries(names.map((name) => [name, find.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`)]));
}
