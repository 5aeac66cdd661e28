/** Counts to colour: from the surface tone to InMerge's own, from the page's tokens, as words for an ImageData. */
const steps = 256;

/** The fewest merges that the darkest colour stands for: where all are single, they are not all drawn as many. */
export const leastScale = 4;

export function countColours(): Uint32Array {
  const style = getComputedStyle(document.documentElement);
  const [none, some] = ['--sunken', '--inmerge'].map((name) => parseHex(style.getPropertyValue(name)));
  return Uint32Array.from({ length: steps }, (_, k) => {
    // One merge is told from none at a glance.
    const share = k === 0 ? 0 : 0.25 + (0.75 * k) / (steps - 1);
    const mix = (c: number) => Math.round((none?.[c] ?? 0) * (1 - share) + (some?.[c] ?? 0) * share);
    return ((255 << 24) | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  });
}

function parseHex(text: string): readonly [number, number, number] {
  const value = Number.parseInt(text.trim().replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
