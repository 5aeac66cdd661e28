/** How floats become bytes again in the libraries that MedMNIST-C calls. */

/** `(clip(x, 0, 1) * 255).astype(uint8)`: downwards. A billionth keeps an even area what it was. */
export const downwards = (value: number): number => Math.floor(Math.min(255, Math.max(0, value)) + 1e-9);

/** ImageMagick's. */
export const nearest = (value: number): number => Math.floor(Math.min(255, Math.max(0, value)) + 0.5);

/** torch.round: halves to the even neighbour. */
export function halfToEven(value: number): number {
  const near = nearest(value);
  return near - value === 0.5 && near % 2 === 1 ? near - 1 : near;
}

export function writeBytes(values: Float64Array, rounding: (value: number) => number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = rounding(values[at] as number);
}
