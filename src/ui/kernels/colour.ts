/** Similarity to colour: purple over the surface tone to teal, saturating at ± 0.6, from the page's own tokens. */

/** Similarity at which the scale saturates. */
export const saturation = 0.6;
const steps = 512;

const stops = ['--sim-n2', '--sim-n1', '--sim-0', '--sim-p1', '--sim-p2'] as const;

/** Colours of [-saturation, saturation] in equal steps, as 0xAABBGGRR for an ImageData seen as 32-bit words. */
export function similarityColours(): Uint32Array {
  const style = getComputedStyle(document.documentElement);
  const colours = stops.map((name) => parseHex(style.getPropertyValue(name)));
  return Uint32Array.from({ length: steps }, (_, k) => {
    const position = (k / (steps - 1)) * (stops.length - 1);
    const at = Math.min(stops.length - 2, Math.floor(position));
    const share = position - at;
    const mix = (c: number) => Math.round((colours[at]?.[c] ?? 0) * (1 - share) + (colours[at + 1]?.[c] ?? 0) * share);
    return ((255 << 24) | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  });
}

export function colourIndex(similarity: number): number {
  return Math.max(0, Math.min(steps - 1, Math.round(((similarity / saturation + 1) / 2) * (steps - 1))));
}

/** The same colour for CSS. */
export function cssColour(colours: Uint32Array, similarity: number): string {
  const word = colours[colourIndex(similarity)] ?? 0;
  return `rgb(${word & 255} ${(word >> 8) & 255} ${(word >> 16) & 255})`;
}

function parseHex(text: string): readonly [number, number, number] {
  const value = Number.parseInt(text.trim().replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
