/** A projected weight as 0 to 255 around mid grey, the way all pictures of kernels show it. */
export const shadeOf = (value: number, scale: number): number =>
  Math.max(0, Math.min(255, Math.round(128 + (127 * value) / (scale > 0 ? scale : 1))));
