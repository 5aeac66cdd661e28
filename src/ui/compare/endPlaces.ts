/** Where names at the ends of lines stand: beside their ends, moved apart where they would meet, none outside the plot. */

export interface EndPlace {
  /** Where it would stand by itself, and the room it takes below that. */
  readonly y: number;
  readonly height: number;
}

/**
 * Places of labels, given in order of `y` from top to bottom. Neighbours that would overlap form a block, which stands where
 * the sum of squared ways is least.
 */
export function endPlaces(labels: readonly EndPlace[], top: number, bottom: number): number[] {
  const blocks: { at: number; height: number; count: number; sum: number }[] = [];
  for (const { y, height } of labels) {
    let block = { at: y, height, count: 1, sum: y };
    let above = blocks.at(-1);
    while (above !== undefined && above.at + above.height > block.at) {
      blocks.pop();
      // Each label of the lower block wants the upper one's place by its own way down.
      const sum = above.sum + block.sum - block.count * above.height;
      const count = above.count + block.count;
      block = { at: sum / count, height: above.height + block.height, count, sum };
      above = blocks.at(-1);
    }
    blocks.push(block);
  }
  const starts = blocks.flatMap(({ at, count }) => [at, ...Array.from({ length: count - 1 }, () => Number.NaN)]);
  const places: number[] = [];
  labels.forEach((_, k) => {
    const before = labels[k - 1];
    const under = before === undefined ? top : (places[k - 1] ?? top) + before.height;
    const own = starts[k] ?? Number.NaN;
    places.push(Number.isNaN(own) ? under : Math.max(under, own));
  });
  // From below: what hangs out at the bottom pushes upwards.
  for (let k = labels.length - 1, limit = bottom; k >= 0; k--) {
    const height = labels[k]?.height ?? 0;
    places[k] = Math.min(places[k] ?? 0, limit - height);
    limit = places[k] ?? 0;
  }
  return places;
}
