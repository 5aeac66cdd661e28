/** What this machine offers for training, found without opening any of it for good. */
import type { BackendName } from './backends.ts';
import { findAdapter, isSoftware } from './webgpu.ts';

export interface DeviceOption {
  readonly available: boolean;
  /** Emulated on the processor: exact, and slow. */
  readonly software: boolean;
  /** What was found, in words, e.g. `NVIDIA ada-lovelace` or why it is absent. */
  readonly note: string;
}

export interface Survey {
  readonly options: Readonly<Record<BackendName, DeviceOption>>;
  readonly threads: number;
  readonly crossOriginIsolated: boolean;
}

/** Read once: opening the WASM backend changes what the browser says. */
let cores: number | null = null;
function coreCount(): number {
  cores ??= typeof navigator === 'undefined' ? 1 : (navigator.hardwareConcurrency ?? 1);
  return cores;
}

export async function surveyDevices(): Promise<Survey> {
  const isolated = globalThis.crossOriginIsolated === true;
  // More threads than cores help nobody.
  const available = coreCount();
  const threads = isolated ? Math.max(1, Math.min(available, 8)) : 1;
  return {
    options: {
      webgpu: await surveyWebGpu(),
      webgl: surveyWebGl(),
      wasm: surveyWasm(threads),
      cpu: { available: true, software: true, note: 'plain JavaScript, for tiny tries only' },
    },
    threads,
    crossOriginIsolated: isolated,
  };
}

/** WebGPU on hardware, else WebGL on hardware, else WebAssembly, else JavaScript. */
export function automaticChoice(survey: Survey): BackendName {
  const { webgpu, webgl, wasm } = survey.options;
  if (webgpu.available && !webgpu.software) return 'webgpu';
  if (webgl.available && !webgl.software) return 'webgl';
  return wasm.available ? 'wasm' : 'cpu';
}

async function surveyWebGpu(): Promise<DeviceOption> {
  const adapter = await findAdapter().catch(() => null);
  if (adapter === null)
    return {
      available: false,
      software: false,
      note:
        typeof navigator !== 'undefined' && 'gpu' in navigator
          ? 'the browser has WebGPU but offers no adapter'
          : 'this browser has no WebGPU',
    };
  const { info } = adapter;
  const software = isSoftware(info);
  const name =
    [info.vendor, info.description || info.device || info.architecture].filter((part) => part !== '').join(' ') ||
    'unnamed adapter';
  return { available: true, software, note: software ? `software adapter (${name})` : name };
}

function surveyWebGl(): DeviceOption {
  const absent = { available: false, software: false, note: 'no WebGL 2 in a worker here' };
  if (typeof OffscreenCanvas === 'undefined') return absent;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null) return absent;
  const debug = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(debug === null ? gl.RENDERER : debug.UNMASKED_RENDERER_WEBGL));
  const software = /swiftshader|llvmpipe|software|basic render/i.test(renderer);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { available: true, software, note: software ? `software renderer (${renderer})` : renderer };
}

function surveyWasm(threads: number): DeviceOption {
  const available = typeof WebAssembly === 'object';
  const parallel = threads > 1 ? `${threads} threads` : 'one thread';
  return { available, software: false, note: available ? `${parallel} on the processor` : 'this browser has no WebAssembly' };
}
