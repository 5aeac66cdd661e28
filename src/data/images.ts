/**
 * Image arrays: which shapes and number formats are images, and their bytes as `uint8 [n, h, w, c]`. Booleans become 0
 * and 255, floats in [0, 1] are multiplied by 255 and rounded; every such change is declared in the report.
 */
import { countText } from '../base/bytes.ts';
import type { StudioErrorData } from '../base/errors.ts';
import type { Breath } from './breath.ts';
import { itemsIn } from './dtype.ts';
import { rowMajor } from './fortran.ts';
import { GrowingBytes } from './growingBytes.ts';
import { limits } from './limits.ts';
import type { NpyHeader } from './npy.ts';
import { numpyFix, problem } from './problems.ts';

export interface ImageLayout {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export function shapeText(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** The layout of an image array by shape alone, or the problem: `rank`, `volume-unsupported`, `layout-nchw`, `channels`, `image-size`. */
export function layoutOf(array: string, shape: readonly number[], fileName: string): ImageLayout | StudioErrorData {
  const expected = '(N, H, W) or (N, H, W, 3)';
  const row = { where: `${array}.npy, shape`, found: shapeText(shape), expected };
  const found = `“${array}” has the shape ${shapeText(shape)}`;
  const d = `d['${array}']`;
  const [count, height, width, depth] = shape;
  if (count === undefined || height === undefined || width === undefined || shape.length > 5) {
    const remedy = 'Save the images as one array with a row of pixels for each image.';
    return problem('rank', `${found}; images need three or four dimensions.`, row, { remedy });
  }
  const isSide = (size: number): boolean => size >= limits.imageSideMin;
  if (shape.length === 5 || (depth !== undefined && isSide(depth) && ![1, 3].includes(height))) {
    const help = {
      remedy: 'Volumes cannot be trained on here. Take one slice of each, the middle one for example.',
      fix: numpyFix(fileName, `${d} = ${d}[:, ${d}.shape[1] // 2]`),
    };
    return problem('volume-unsupported', `${found}: these are volumes, not images.`, row, help);
  }
  if (depth !== undefined && depth !== 1 && depth !== 3) {
    if ((height === 1 || height === 3) && isSide(width) && isSide(depth)) {
      const help = { remedy: 'Move the channels to the end.', fix: numpyFix(fileName, `${d} = ${d}.transpose(0, 2, 3, 1)`) };
      return problem('layout-nchw', `${found}: the channels stand before the pixels.`, row, help);
    }
    const statements = depth > 3 ? `${d} = ${d}[..., :3]` : `${d} = ${d}[..., :1]`;
    const help = { remedy: 'Keep one channel (grey) or three (red, green, blue).', fix: numpyFix(fileName, statements) };
    return problem('channels', `${found}: ${depth} channels.`, row, help);
  }
  const tooLarge = height > limits.imageSideMax || width > limits.imageSideMax;
  if (!isSide(height) || !isSide(width) || tooLarge) {
    const sides = `${limits.imageSideMin} to ${limits.imageSideMax} pixels a side`;
    const step = Math.ceil(Math.max(height, width) / limits.imageSideMax);
    const help = tooLarge
      ? { remedy: 'Make the images smaller.', fix: numpyFix(fileName, `${d} = ${d}[:, ::${step}, ::${step}]`) }
      : { remedy: 'Use larger images.' };
    return problem('image-size', `${found}: images of ${height} x ${width} pixels.`, { ...row, expected: sides }, help);
  }
  return { count, height, width, channels: depth === 3 ? 3 : 1 };
}

/** Null where the number format is one of images; otherwise the problem `dtype`. */
export function imageDtypeProblem(array: string, { dtype }: NpyHeader, fileName: string): StudioErrorData | null {
  if (dtype.kind === 'f' || dtype.kind === 'b' || dtype.name === 'uint8') return null;
  const d = `d['${array}']`;
  const sixteen = dtype.name === 'uint16';
  const row = { where: `${array}.npy, dtype`, found: dtype.name, expected: 'uint8, bool, or floats in [0, 1]' };
  const help = {
    remedy: sixteen ? 'The line takes 65,535 for white.' : 'The line takes 255 for white and cuts off what lies beyond.',
    fix: numpyFix(fileName, sixteen ? `${d} = (${d} / 257).round().astype('uint8')` : `${d} = ${d}.clip(0, 255).astype('uint8')`),
  };
  return problem('dtype', `“${array}” holds ${dtype.name}; how bright its white is cannot be known.`, row, help);
}

/** Takes the bytes of an image member, header and all, and holds them as uint8. */
export class ImageReader {
  private readonly array: string;
  private readonly header: NpyHeader;
  private readonly bytes: GrowingBytes;
  private skip: number;
  private carried = new Uint8Array(0);
  private seenItems = 0;
  private notFinite = { count: 0, first: -1 };
  private outside = { count: 0, first: -1 };
  private least = Infinity;
  private most = -Infinity;

  /** `compressedBytes`: what the file holds of it, by which room is made to begin with. */
  constructor(array: string, header: NpyHeader, compressedBytes: number) {
    this.array = array;
    this.header = header;
    this.skip = header.dataFrom;
    this.bytes = new GrowingBytes(header.items, 2 * compressedBytes);
  }

  readonly take = (piece: Uint8Array): void => {
    let data = piece;
    if (this.skip > 0) {
      data = piece.subarray(this.skip);
      this.skip -= piece.length - data.length;
    }
    const { kind, itemBytes } = this.header.dtype;
    if (kind === 'u') return this.bytes.append(data);
    if (kind === 'b') return this.bytes.append(data.map((byte) => (byte === 0 ? 0 : 255)));
    if (this.carried.length > 0) {
      const both = new Uint8Array(this.carried.length + data.length);
      both.set(this.carried);
      both.set(data, this.carried.length);
      data = both;
    }
    const whole = data.length - (data.length % itemBytes);
    this.takeFloats(data.subarray(0, whole));
    this.carried = data.slice(whole);
  };

  private takeFloats(data: Uint8Array): void {
    const read = itemsIn(data, this.header.dtype);
    const scaled = new Uint8Array(data.length / this.header.dtype.itemBytes);
    for (let index = 0; index < scaled.length; index++) {
      const value = read(index);
      if (value >= 0 && value <= 1) scaled[index] = Math.round(value * 255);
      else {
        const tally = Number.isFinite(value) ? this.outside : this.notFinite;
        if (tally.count === 0) tally.first = this.seenItems + index;
        tally.count++;
      }
      if (value < this.least) this.least = value;
      if (value > this.most) this.most = value;
    }
    this.seenItems += scaled.length;
    this.bytes.append(scaled);
  }

  /** What is wrong with the values, once all have been taken: `not-finite`, `image-range`, or null. */
  problem(fileName: string): StudioErrorData | null {
    const d = `d['${this.array}']`;
    const where = `${this.array}.npy`;
    if (this.notFinite.count > 0) {
      const found = `${countText(this.notFinite.count)} NaN or infinite values, the first at ${this.indexText(this.notFinite.first)}`;
      const help = {
        remedy: 'Find out how they came about; the line sets them to 0.',
        fix: numpyFix(fileName, `${d} = np.nan_to_num(${d}, nan=0, posinf=0, neginf=0)`),
      };
      return problem(
        'not-finite',
        `“${this.array}” holds values that are no numbers.`,
        { where, found, expected: 'numbers in [0, 1]' },
        help,
      );
    }
    if (this.outside.count === 0) return null;
    const range = `[${this.least}, ${this.most}]`;
    const found = `values in ${range}, ${countText(this.outside.count)} of them outside, the first at ${this.indexText(this.outside.first)}`;
    const mend =
      this.least >= 0 && this.most <= 255
        ? `${d}.round()`
        : this.least >= -1 && this.most <= 1
          ? `((${d} + 1) * 127.5).round()`
          : `((${d} - ${d}.min()) / np.ptp(${d}) * 255).round()`;
    const help = {
      remedy: `Floats are taken as brightness from 0 to 1; the line scales ${range} to 8 bits.`,
      fix: numpyFix(fileName, `${d} = ${mend}.astype('uint8')`),
    };
    return problem(
      'image-range',
      `“${this.array}” holds floats outside [0, 1].`,
      { where, found, expected: 'values in [0, 1], or uint8' },
      help,
    );
  }

  /** What was changed on the way, as a note for the report; null for plain uint8. */
  note(): string | null {
    const { kind, name } = this.header.dtype;
    if (kind === 'b') return `${this.array}: boolean images were read as 0 and 255.`;
    if (kind === 'f') return `${this.array}: ${name} images in [0, 1] were multiplied by 255 and rounded to 8 bits.`;
    return null;
  }

  /** [n, h, w, c] row-major. */
  async images(breath: Breath): Promise<Uint8Array<ArrayBuffer>> {
    const whole = this.bytes.whole();
    return this.header.fortranOrder ? rowMajor(whole, this.header.shape, breath) : whole;
  }

  /** A position in the file's order as an index of the array. */
  private indexText(item: number): string {
    const { shape, fortranOrder } = this.header;
    const axes = shape.map((size, axis) => ({ size, axis }));
    const index: number[] = [];
    let rest = item;
    for (const { size, axis } of fortranOrder ? axes : axes.toReversed()) {
      index[axis] = rest % size;
      rest = Math.floor(rest / size);
    }
    return `[${index.join(', ')}]`;
  }
}
