/** Numbers as the page writes them: units after a narrow gap, true minus signs, thousands with commas. */

const gap = '\u00a0';
const minus = '\u2212';

const signed = (text: string): string => text.replace('-', minus);

export const integer = (value: number): string => signed(Math.round(value).toLocaleString('en'));

/** 0.953 as `95.3 %`. */
export const percent = (value: number, digits = 1): string => `${signed((value * 100).toFixed(digits))}${gap}%`;

/** A difference of shares in percentage points, with its sign: 0.006 as `+0.6`. */
export function points(value: number, digits = 1): string {
  const text = (value * 100).toFixed(digits);
  return Number(text) === 0 ? Math.abs(Number(text)).toFixed(digits) : value > 0 ? `+${text}` : signed(text);
}

export const auc = (value: number | null): string => (value === null ? '–' : value.toFixed(4));

export function aucDifference(value: number): string {
  const text = value.toFixed(4);
  return Number(text) === 0 ? '0.0000' : value > 0 ? `+${text}` : signed(text);
}

/** Loss with as many decimals as its size asks for. */
export const loss = (value: number): string => value.toFixed(value < 0.1 ? 4 : value < 1 ? 3 : 2);

/** Cosine similarity and τ: two decimals. */
export function similarity(value: number | null): string {
  if (value === null) return '–';
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : signed(text);
}

/** Cosine similarity where it is held against τ: three decimals, so that 0.30 is seen to be below 0.304. */
export const cosine = (value: number): string => (Number(value.toFixed(3)) === 0 ? '0.000' : signed(value.toFixed(3)));

/** Parameter counts: `20.0 M`, `75.1 k`. */
export function compact(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)}${gap}G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}${gap}M`;
  return value >= 1e4 ? `${(value / 1e3).toFixed(1)}${gap}k` : integer(value);
}

/** Bytes in decimal units: `35.5 MB`. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)}${gap}GB`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}${gap}MB`;
  return value >= 1e3 ? `${(value / 1e3).toFixed(0)}${gap}kB` : `${value}${gap}bytes`;
}

/** Time still to go; no seconds, which would only jump. */
export function timeLeft(milliseconds: number | null): string {
  if (milliseconds === null) return 'timing';
  const minutes = Math.round(milliseconds / 60_000);
  if (milliseconds < 60_000) return `under 1${gap}min left`;
  return minutes < 60 ? `${minutes}${gap}min left` : `${Math.floor(minutes / 60)}${gap}h ${minutes % 60}${gap}min left`;
}

/** Time that something will take, as far as it can be foretold: no seconds. */
export function estimate(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (milliseconds < 60_000) return `under 1${gap}min`;
  return `about ${minutes < 60 ? `${minutes}${gap}min` : `${Math.floor(minutes / 60)}${gap}h ${minutes % 60}${gap}min`}`;
}

/** Time that has passed. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)}${gap}s`;
  if (seconds < 60) return `${Math.round(seconds)}${gap}s`;
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${Math.floor(whole / 60)}${gap}min ${whole % 60}${gap}s`
    : `${Math.floor(whole / 3600)}${gap}h ${Math.floor((whole % 3600) / 60)}${gap}min`;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${integer(count)} ${count === 1 ? one : many}`;

/** A date as short as it can be told: `14:32` today, `22 Nov` this year, else `22 Nov 2025`. */
export function moment(time: number, now = Date.now()): string {
  const date = new Date(time);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString())
    return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const sameYear = date.getFullYear() === today.getFullYear();
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** How long ago, in steps that do not tick: `just now`, `20 s ago`, `3 min ago`. */
export function ago(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 10_000) * 10;
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds}${gap}s ago`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)}${gap}min ago` : `${Math.floor(seconds / 3600)}${gap}h ago`;
}
