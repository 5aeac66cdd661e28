/**
 * McNemar's test on paired predictions: of the test images that exactly one of two arms got right, did one arm get more
 * of them than chance? It speaks of one seed's pair of networks on these images, not of the training that made them.
 */

export interface McNemar {
  /** Images that only `before` got right, and that only `after` got right. */
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  /** Two-sided: exact binomial below 25 discordant images, else χ² with continuity correction. */
  readonly p: number;
  readonly method: 'exact' | 'chi-squared';
  /** (|b - c| - 1)² / (b + c); null where the exact test was taken. */
  readonly chiSquared: number | null;
}

/** Below this many discordant images the χ² approximation is not to be trusted. */
const fewestForChiSquared = 25;

/** Both lists are over the same images: whether each was right. */
export function mcNemar(before: ArrayLike<boolean | number>, after: ArrayLike<boolean | number>): McNemar {
  if (before.length !== after.length) throw new Error(`McNemar pairs ${before.length} predictions with ${after.length}.`);
  let onlyBefore = 0;
  let onlyAfter = 0;
  for (let image = 0; image < before.length; image++) {
    if (Boolean(before[image]) === Boolean(after[image])) continue;
    if (before[image]) onlyBefore++;
    else onlyAfter++;
  }
  return mcNemarOf(onlyBefore, onlyAfter);
}

export function mcNemarOf(onlyBefore: number, onlyAfter: number): McNemar {
  const discordant = onlyBefore + onlyAfter;
  if (discordant < fewestForChiSquared) {
    const p = Math.min(1, 2 * halfBinomial(Math.min(onlyBefore, onlyAfter), discordant));
    return { onlyBefore, onlyAfter, p, method: 'exact', chiSquared: null };
  }
  const chiSquared = Math.max(0, Math.abs(onlyBefore - onlyAfter) - 1) ** 2 / discordant;
  return { onlyBefore, onlyAfter, p: beyondNormal(Math.sqrt(chiSquared)), method: 'chi-squared', chiSquared };
}

/** P(X <= k) for X of `n` fair coins; n < 25, so every count is exact in float64. */
function halfBinomial(k: number, n: number): number {
  let ways = 1;
  let sum = 0;
  for (let each = 0; each <= k; each++) {
    sum += ways;
    ways = (ways * (n - each)) / (each + 1);
  }
  return sum / 2 ** n;
}

/** P(|Z| > z) of a standard normal: the complementary error function by its series, and far out by its continued fraction. */
export function beyondNormal(z: number): number {
  const x = z / Math.SQRT2;
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (-x * x * (2 * k - 1)) / (k * (2 * k + 1));
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
