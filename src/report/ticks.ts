/** Where an axis has its marks: round numbers on a linear axis, decades on a logarithmic one, whole epochs. */

/**
 * Round ticks around [low, high], about `count` of them; `floor` and `ceiling` bound what makes sense, and values that are
 * nearer to one another than `least` of the highest are taken as that far apart, so that their marks stay short.
 */
export function roundTicks(low: number, high: number, count: number, floor: number, ceiling: number, least = 1e-4): number[] {
  if (!(low <= high)) return [floor, Math.min(ceiling, floor + 1)];
  // One value says nothing of a scale: a fifth of it keeps the marks short.
  const size = Math.max(Math.abs(high), 1e-3);
  const span = high > low ? Math.max(high - low, least * size) : 0.2 * size;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const start = Math.max(floor, Math.floor(low / step + 1e-9) * step);
  const ticks: number[] = [];
  for (let k = 0; k < 20; k++) {
    const tick = Number((start + k * step).toPrecision(10));
    if (tick > ceiling + 1e-12) break;
    ticks.push(tick);
    if (tick >= high - 1e-12) break;
  }
  if (ticks.length < 2) ticks.unshift(Number((start - step).toPrecision(10)));
  return ticks;
}

/** Whole epochs from..to, at most `count` of them. */
export function epochTicks(from: number, to: number, count: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((candidate) => (to - from) / candidate <= count) ?? 1000;
  const ticks: number[] = [];
  for (let x = Math.ceil(from / step) * step; x <= to; x += step) ticks.push(x);
  return ticks;
}

/** 1, 2 and 5 of each decade around [low, high]; decades alone where that would be many. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0 && high >= low)) return [0.1, 1];
  const [from, to] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = from; power <= to; power++)
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  const first = ticks.findLastIndex((tick) => tick <= low * (1 + 1e-9));
  const last = ticks.findIndex((tick) => tick >= high * (1 - 1e-9));
  const within = ticks.slice(Math.max(0, first), last < 0 ? ticks.length : last + 1);
  return within.length > 1 ? within : [...within, (within[0] ?? 1) * 2];
}

/** A tick without needless digits. */
export const tickText = (value: number): string => String(Number(value.toPrecision(6))).replace('-', '\u2212');
