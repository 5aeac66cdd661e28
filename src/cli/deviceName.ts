/** The devices that the command line can train on; WebGL needs a browser. */
import { StudioError } from '../base/errors.ts';

export const deviceNames = ['webgpu', 'wasm', 'cpu'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** The device of that name; null where none was named. @throws StudioError `device-unknown` */
export function deviceOf(choice: string | null): DeviceName | null {
  const name = deviceNames.find((each) => each === choice);
  if (choice === null || name !== undefined) return name ?? null;
  throw new StudioError({
    code: 'device-unknown',
    message: `There is no device “${choice}” here.`,
    remedy: `Choose one of ${deviceNames.join(', ')}, or leave --device out.`,
  });
}
