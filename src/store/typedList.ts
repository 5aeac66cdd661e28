/**
 * A list of whole numbers as people type it: `0, 1, 2`, or a span of them as `0-9` (also `0..9` and `0 to 9`).
 * What does not read as one is handed back, to be told.
 */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly maxItems: number;
}

export type TypedList = { readonly values: number[] } | { readonly odd: string } | { readonly tooMany: true };

const span = /^(\d+)(?:-|\.\.)(\d+)$/;

/** The numbers; or the first part that is none or is out of bounds. More than `maxItems` are not read on. */
export function readList(text: string, { min, max, maxItems }: Bounds): TypedList {
  const joined = text.trim().replaceAll(/(\d)\s*(?:[-–]|\.\.|\bto\b)\s*(\d)/g, '$1-$2');
  const values: number[] = [];
  for (const part of joined.split(/[\s,;]+/)) {
    if (part === '') continue;
    const [, from, to] = span.exec(part) ?? [];
    const first = Number(from ?? part);
    const last = Number(to ?? part);
    const fits = Number.isInteger(first) && Number.isInteger(last) && first >= min && last <= max && first <= last;
    if (!fits) return { odd: part };
    // A span of thousands is told, not written out.
    if (values.length + last - first + 1 > maxItems) return { tooMany: true };
    for (let value = first; value <= last; value++) values.push(value);
  }
  return { values };
}
