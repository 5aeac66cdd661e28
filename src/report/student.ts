/**
 * Student's t for integer degrees of freedom: the exact finite series of Abramowitz and Stegun 26.7.3 and 26.7.4,
 * inverted by bisection. Used for the 95 % interval of the paired difference over seeds.
 */

/** Probability that |T| stays below `t`, for `dof` >= 1. */
export function centralProbability(t: number, dof: number): number {
  const angle = Math.atan(t / Math.sqrt(dof));
  const cosine = Math.cos(angle);
  const square = cosine * cosine;
  const odd = dof % 2 === 1;
  if (dof === 1) return (2 * angle) / Math.PI;
  let term = odd ? cosine : 1;
  let sum = term;
  for (let k = odd ? 3 : 2; k <= dof - 2; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The t with P(|T| <= t) = `probability`: 12.706 for one degree of freedom and 0.95. */
export function tQuantile(probability: number, dof: number): number {
  let low = 0;
  let high = 1;
  while (centralProbability(high, dof) < probability) high *= 2;
  for (let k = 0; k < 100 && high - low > 1e-12 * high; k++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, dof) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
