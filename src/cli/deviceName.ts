/** The devices that the command line can train on; WebGL needs a browser. */

export const deviceNames = ['webgpu', 'wasm', 'cpu'] as const;
export type DeviceName = (typeof deviceNames)[number];
