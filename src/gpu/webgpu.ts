/**
 * The WebGPU device that training owns: requested at the adapter's own limits, watched for loss and for errors that
 * nobody caught. tfjs looks at neither, and would train on with garbage.
 */
import { StudioError, type StudioErrorData } from '../base/errors.ts';

export interface WebGpu {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  /** True where the adapter is a software one (SwiftShader, lavapipe, WARP). */
  readonly software: boolean;
  /** First fault of this device since it was opened, or null. */
  fault(): StudioError | null;
  /** Calls back once, when the device is lost or reports an uncaught error; never for `destroy()` by us. */
  onFault(listener: (fault: StudioError) => void): void;
}

const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Taken where they are there: to time kernels, to store maps in halves, and to share what invocations load. */
const wantedFeatures = ['timestamp-query', 'shader-f16', 'subgroups'] as const satisfies readonly GPUFeatureName[];

/** The adapter that training would use, or null; cheap enough for the device report. */
export async function findAdapter(): Promise<GPUAdapter | null> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) return null;
  return navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}

export function isSoftware(info: GPUAdapterInfo): boolean {
  const text = `${info.vendor} ${info.architecture} ${info.description} ${info.device}`.toLowerCase();
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp|basic render/.test(text);
}

export const outOfMemory = (): StudioError =>
  new StudioError({
    code: 'gpu-out-of-memory',
    message: 'The GPU has not enough memory for this network and batch.',
    remedy: 'Choose a smaller batch or a smaller image side.',
  });

/** @throws StudioError `webgpu-absent` */
export async function requestWebGpu(): Promise<WebGpu> {
  const adapter = await findAdapter();
  if (adapter === null) {
    throw new StudioError({
      code: 'webgpu-absent',
      message: 'This browser offers no WebGPU adapter.',
      remedy: 'Choose “auto” to train on WebAssembly, or open the page in a browser with WebGPU switched on.',
    });
  }
  const requiredLimits = Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]]));
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });

  let fault: StudioError | null = null;
  const listeners: ((fault: StudioError) => void)[] = [];
  const report = (data: StudioErrorData) => {
    if (fault !== null) return;
    fault = new StudioError(data);
    for (const listener of listeners) listener(fault);
  };
  void device.lost.then((info) => {
    if (info.reason !== 'destroyed') {
      report({
        code: 'device-lost',
        message: `The browser took the GPU away${info.message === '' ? '' : `: ${info.message}`}.`,
        remedy: 'Start the experiment again. If it happens again, choose a smaller batch, or restart the browser.',
      });
    }
  });
  device.addEventListener('uncapturederror', (event) => {
    if (event.error instanceof GPUOutOfMemoryError) report(outOfMemory().toData());
    else
      report({
        code: 'gpu-error',
        message: `The GPU refused an operation: ${event.error.message}`,
        remedy: 'Start again; if it stays, choose another device and report this text.',
      });
  });

  return {
    device,
    adapterInfo: adapter.info,
    software: isSoftware(adapter.info),
    fault: () => fault,
    onFault: (listener) => void listeners.push(listener),
  };
}
