/**
 * Similarities of kernel pairs, counted: fine enough to tell how many lie above any tau of two decimals exactly, small enough
 * to be told and kept for every layer. Bin k holds what lies above -1 + k / 200 and not above -1 + (k + 1) / 200.
 */
export const similarityBins = 400;

const edge = (bin: number): number => Math.fround(-1 + bin / 200);

/** The bin of a float32 similarity. */
export function binOf(similarity: number): number {
  let bin = Math.min(similarityBins - 1, Math.max(0, Math.ceil((similarity + 1) * 200) - 1));
  while (bin > 0 && similarity <= edge(bin)) bin--;
  while (bin < similarityBins - 1 && similarity > edge(bin + 1)) bin++;
  return bin;
}

/** Pairs above `tau`, which is taken to the nearest half hundredth. */
export function countAbove(counts: Uint32Array, tau: number): number {
  const first = Math.round((tau + 1) * 200);
  let above = 0;
  for (let bin = Math.max(0, first); bin < counts.length; bin++) above += counts[bin] as number;
  return above;
}
