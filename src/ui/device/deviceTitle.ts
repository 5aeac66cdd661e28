/** Devices by the names people know. */
import type { DeviceName } from '../../worker/protocol.ts';

const titles: Readonly<Record<DeviceName, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM', cpu: 'CPU' };

export const deviceTitle = (device: DeviceName): string => titles[device];
