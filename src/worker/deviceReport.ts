/** The device report in words: what was found, what was taken, why, and what would be faster. */
import type { Survey } from '../gpu/survey.ts';
import { deviceNames, type DeviceChoice, type DeviceName, type DeviceReport } from './protocol.ts';

const titles: Record<DeviceName, string> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WebAssembly', cpu: 'JavaScript' };

export interface DeviceLimits {
  readonly maxBufferBytes: number | null;
  readonly maxBindingBytes: number | null;
  readonly storesFloat16: boolean;
}

export function describeDevice(survey: Survey, choice: DeviceChoice, device: DeviceName, limits: DeviceLimits): DeviceReport {
  const option = survey.options[device];
  return {
    choice,
    device,
    reason: choice === 'auto' ? automaticReason(survey, device) : `You chose ${titles[device]}.`,
    advice: advice(survey, device),
    hardware: option.note,
    software: option.software,
    options: deviceNames.map((name) => ({
      device: name,
      available: survey.options[name].available,
      note: survey.options[name].note,
    })),
    threads: survey.threads,
    crossOriginIsolated: survey.crossOriginIsolated,
    ...limits,
  };
}

function automaticReason(survey: Survey, device: DeviceName): string {
  if (device === 'webgpu') return 'WebGPU on hardware: the fastest way to train here.';
  const { webgpu } = survey.options;
  const why = webgpu.available
    ? 'WebGPU here is a software adapter, slower than WebAssembly'
    : `WebGPU was not found: ${webgpu.note}`;
  return device === 'webgl'
    ? `${why}. WebGL on hardware comes next.`
    : device === 'wasm'
      ? `${why}.`
      : `${why}. JavaScript is what is left.`;
}

function advice(survey: Survey, device: DeviceName): string | null {
  const { webgpu } = survey.options;
  if (device === 'webgpu')
    return webgpu.software ? 'This WebGPU adapter is emulated on the processor and slow; WebAssembly is faster here.' : null;
  if (webgpu.available && !webgpu.software) return 'This machine has WebGPU on hardware, which is much faster: choose “auto”.';
  const isolated =
    device === 'wasm' && !survey.crossOriginIsolated
      ? ' This page is served without cross-origin isolation, so WebAssembly runs on one thread.'
      : '';
  return `For a GPU: Chrome or Edge 113+, Safari 26+ or Firefox 141+ with hardware acceleration; on Linux chrome://flags/#enable-unsafe-webgpu.${isolated}`;
}
