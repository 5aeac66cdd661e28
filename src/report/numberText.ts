/** Numbers as reports write them: shares in percent, differences in percentage points with their sign and a true minus. */
import type { Summary } from './statistics.ts';

const minus = '\u2212';

export const fixed = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? Math.abs(Number(text)).toFixed(digits) : text.replace('-', minus);
};

/** With its sign, unless it rounds to nothing. */
export function signed(value: number, digits: number): string {
  const text = fixed(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `95.31 ± 0.42`, scaled; `95.31` for one seed. */
export const spreadText = ({ mean, std }: Summary, scale: number, digits: number): string =>
  std === null ? fixed(mean * scale, digits) : `${fixed(mean * scale, digits)} ± ${fixed(std * scale, digits)}`;

export const intervalText = (interval: readonly [number, number], scale: number, digits: number): string =>
  `[${signed(interval[0] * scale, digits)}, ${signed(interval[1] * scale, digits)}]`;

export function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}
