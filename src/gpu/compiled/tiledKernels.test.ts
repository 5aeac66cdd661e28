/**
 * Every tile, run on the processor, against sums in float64: kernels of 1 x 1, 3 x 3 and 7 x 7, of strides 1 and 2, with
 * channels that are no fours and blocks that are partly empty; their loads and stores as they are, and with batch norm's
 * work folded in. And what the tile changes of the bits: of each kernel nothing. On devices: `tiledConv.gpu.test.ts`.
 */
import { describe, expect, test } from 'vitest';
import { runOnProcessor } from '../testing/kernelOnProcessor.ts';
import { patterned } from '../testing/patterned.ts';
import { activated, plain, type Contribution, type Load, type Stored } from './activation.ts';
import { normBytes, statisticsFours, statisticsTally } from './batchNorm.ts';
import { normGradientLoad, sumsFours, sumsTally } from './batchNormGradient.ts';
import { directKernels, tiledKernels } from './convKernels.ts';
import type { ConvShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import type { Node } from './graph.ts';
import { quads, type Operation, type PlannedBuffer, type Resource } from './operation.ts';
import { pixelsOfSlot, slotsOf, type TalliedMap } from './tally.ts';
import { tiledSlots } from './tiledConv.ts';
import { tiledGradientSlices } from './tiledFilterGradient.ts';
import { shares, tiles, type Tile } from './tiles.ts';

type Named = readonly [string, ConvShape];
type Sides = readonly [height: number, width: number, channels: number];

function conv(input: Sides, output: Sides, [size, stride, padding]: readonly [number, number, number], bias = true): ConvShape {
  const [inHeight, inWidth, inChannels] = input;
  const [outHeight, outWidth, outChannels] = output;
  const sides = { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels };
  const fours = { inQuads: quads(inChannels), outQuads: quads(outChannels) };
  return { name: 'conv', ...sides, ...fours, size, stride, padding, rows: size * size * inChannels, bias, macs: 0 };
}

/** With six images: 150 pixels, 96 or 54 of them, in blocks of 32, 64 and 128. */
const shapes: readonly Named[] = [
  ['1 x 1, no bias', conv([5, 5, 6], [5, 5, 10], [1, 1, 0], false)],
  ['1 x 1, stride 2', conv([5, 5, 8], [3, 3, 6], [1, 2, 0], false)],
  ['3 x 3', conv([5, 5, 6], [5, 5, 12], [3, 1, 1])],
  ['3 x 3, stride 2', conv([5, 5, 7], [3, 3, 5], [3, 2, 1])],
  ['7 x 7, stride 2', conv([7, 7, 3], [4, 4, 6], [7, 2, 3])],
  ['3 x 3 on one pixel, 20 channels to 134', conv([1, 1, 20], [1, 1, 134], [3, 1, 1])],
];
/** Loads know nothing of windows: three will do. */
const foldedShapes = shapes.filter(([name]) => name === '1 x 1, no bias' || /^3 x 3(, stride 2)?$/.test(name));
const images = 6;
const slices = 3;
const batch = { images, first: 0, total: images, chunk: 0 };

const bytes = (pixels: number, fours: number) => images * pixels * fours * 16;

/** A map's numbers; zero in what the last four of channels leaves over, as maps are stored. */
const map = (pixels: number, channels: number, seed: number, low = -1): Float32Array => {
  const wide = quads(channels) * 4;
  const values = patterned([images * pixels, wide], seed);
  return values.map((value, at) => (at % wide < channels ? low + ((value + 1) * (1 - low)) / 2 : 0));
};

/** Batch norm's table of a map: mean, scale, shift, 1 / std, and what dx takes of the batch. */
const normOf = (channels: number, seed: number): Float32Array =>
  Float32Array.from({ length: 6 }, (_, at) => at).reduce(
    (table, _, at) => {
      const wide = quads(channels) * 4;
      const values = patterned([wide], seed + at).map((value, channel) =>
        channel < channels ? value + (at % 3 === 1 ? 1.5 : 0) : 0,
      );
      table.set(values, at * wide);
      return table;
    },
    new Float32Array(normBytes(channels) / 4),
  );

/** All that one shape's kernels take and give. */
class Case {
  readonly memory = new Map<Resource, Float32Array>();
  readonly shape: ConvShape;
  readonly folded: boolean;
  readonly x: PlannedBuffer;
  readonly y: PlannedBuffer;
  readonly dy: PlannedBuffer;
  readonly outMap: PlannedBuffer;
  readonly outNorm: PlannedBuffer;
  readonly inNorm: PlannedBuffer;
  readonly weights: PlannedBuffer;
  readonly bias: PlannedBuffer;
  readonly gradient: PlannedBuffer;
  readonly partials: PlannedBuffer;
  readonly inTallied: TalliedMap;
  readonly outTallied: TalliedMap;

  constructor(shape: ConvShape, folded: boolean) {
    const { inChannels, inHeight, inWidth, outChannels, outHeight, outQuads, outWidth, rows } = shape;
    this.shape = shape;
    this.folded = folded;
    const [inPixels, outPixels] = [inHeight * inWidth, outHeight * outWidth];
    this.x = this.put('x', map(inPixels, inChannels, 1));
    this.dy = this.put('dy', map(outPixels, outChannels, 2));
    this.outMap = this.put('stored y', map(outPixels, outChannels, 3));
    this.inNorm = this.put('norm of x', normOf(inChannels, 10));
    this.outNorm = this.put('norm of y', normOf(outChannels, 20));
    this.weights = this.put('weights', patterned([rows, outChannels], 4));
    this.bias = this.put('bias', map(1, outChannels, 5).subarray(0, outQuads * 4));
    this.gradient = this.put('gradient', map(inPixels, inChannels, 6));
    this.y = this.empty('y', bytes(outPixels, outQuads));
    this.partials = this.empty('partials', slices * gradientRows(shape) * outQuads * 16);
    this.inTallied = { name: 'x', channels: inChannels, pixels: inPixels };
    this.outTallied = { name: 'y', channels: outChannels, pixels: outPixels };
  }

  put(label: string, values: Float32Array): PlannedBuffer {
    const buffer = { label, bytes: values.byteLength };
    this.memory.set(buffer, Float32Array.from(values));
    return buffer;
  }

  /** What nobody writes is not a number. */
  empty(label: string, length: number): PlannedBuffer {
    return this.put(label, new Float32Array(length / 4).fill(NaN));
  }

  read(buffer: Resource): Float32Array {
    return this.memory.get(buffer) as Float32Array;
  }

  get storedX(): Stored {
    const { inChannels, inHeight, inWidth } = this.shape;
    const node = {
      norm: this.folded ? { name: 'x' } : null,
      relu: true,
      shape: [inHeight, inWidth, inChannels],
    } as unknown as Node;
    return { node, values: this.x, norm: this.folded ? this.inNorm : null };
  }

  get loadX(): Load {
    return this.folded ? (name, width) => activated(name, this.storedX, width) : plain(this.x);
  }

  get loadDy(): Load {
    const from = { map: this.outTallied, dy: this.dy, x: this.outMap, norm: this.outNorm };
    return this.folded ? normGradientLoad(from) : plain(this.dy);
  }

  run(operation: Operation): void {
    runOnProcessor(operation, this.memory, batch);
  }
}

interface Results {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly partials: Float32Array;
  /** Slots that hold pixels: of y's statistics, and of the sums of dx. */
  readonly statistics: Float32Array;
  readonly sums: Float32Array;
}

function computed(tile: Tile, shape: ConvShape, folded: boolean): Results {
  const run = new Case(shape, folded);
  const kernels = tiledKernels(tile);
  const at = { batch: { label: 'batch' }, chunk: 0, weights: run.weights };
  const filled = (label: string, of: TalliedMap, fours: number) => {
    const slots = slotsOf(label, of, fours, tiledSlots(of.pixels, images, tile), 1);
    run.memory.set(slots.buffer, new Float32Array(slots.buffer.bytes / 4).fill(NaN));
    const used = Math.ceil((images * of.pixels) / pixelsOfSlot) * quads(of.channels) * fours * 4;
    return { slots, used: () => run.read(slots.buffer).subarray(0, used) };
  };
  const statistics = filled('statistics', run.outTallied, statisticsFours);
  const sums = filled('sums', run.inTallied, sumsFours);
  const ofY = folded ? statisticsTally(run.outTallied, 'y', statistics.slots, images) : null;
  const rectified = { x: 'rectifiedValues', norm: 'rectifiedNorm', bindings: [] };
  const ofDx = folded ? sumsTally(run.inTallied, 'gradient', rectified, sums.slots, images) : null;
  const bias = shape.bias ? run.bias : null;
  run.run(kernels.forward(shape, { ...at, x: run.loadX, y: run.y, bias }, !folded, ofY));
  const sink: Contribution = { gradient: run.gradient, adds: folded, rectifiedBy: folded ? run.storedX : null };
  run.run(kernels.inputGradient(shape, { ...at, dy: run.loadDy }, sink, ofDx));
  run.run(kernels.filterGradient(shape, { ...at, x: run.loadX, dy: run.loadDy, partials: run.partials }, slices));
  // Slots beyond the last pixel are written too, and empty: nothing of them may be left as it was.
  if (folded)
    for (const { slots } of [statistics, sums]) expect(run.read(slots.buffer).some(Number.isNaN), slots.buffer.label).toBe(false);
  const none = new Float32Array();
  return {
    y: run.read(run.y),
    dx: run.read(run.gradient),
    partials: run.read(run.partials),
    statistics: folded ? statistics.used() : none,
    sums: folded ? sums.used() : none,
  };
}

/** The same in float64, by the definition: y, dx, the gradient of weights and bias; then sums over pixels by channel. */
function expected(shape: ConvShape, folded: boolean) {
  const { inChannels, inHeight, inQuads, inWidth, outChannels, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const run = new Case(shape, folded);
  const [wideIn, wideOut] = [inQuads * 4, outQuads * 4];
  const [inNorm, outNorm, values, weights] = [run.inNorm, run.outNorm, run.x, run.weights].map((of) => run.read(of)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const norm = (table: Float32Array, wide: number, row: number, at: number) => table[row * wide + (at % wide)] as number;
  const x = Float64Array.from(values, (value, at) =>
    folded
      ? Math.max(0, (value - norm(inNorm, wideIn, 0, at)) * norm(inNorm, wideIn, 1, at) + norm(inNorm, wideIn, 2, at))
      : value,
  );
  const stored = run.read(run.outMap);
  const dy = Float64Array.from(run.read(run.dy), (value, at) => {
    if (!folded) return value;
    const distance = (stored[at] as number) - norm(outNorm, wideOut, 0, at);
    return norm(outNorm, wideOut, 1, at) * (value - norm(outNorm, wideOut, 4, at) - distance * norm(outNorm, wideOut, 5, at));
  });
  const y = new Float64Array(run.read(run.y).length);
  const dx = new Float64Array(values.length);
  const filter = new Float64Array(gradientRows(shape) * wideOut);
  for (let pixel = 0; pixel < images * outHeight * outWidth; pixel++) {
    const image = Math.floor(pixel / (outHeight * outWidth));
    const [row, column] = [Math.floor(pixel / outWidth) % outHeight, pixel % outWidth];
    for (let channel = 0; channel < outChannels; channel++) {
      const to = pixel * wideOut + channel;
      const arriving = dy[to] as number;
      for (let tap = 0; tap < size * size; tap++) {
        const [from, across] = [row * stride + Math.floor(tap / size) - padding, column * stride + (tap % size) - padding];
        if (from < 0 || from >= inHeight || across < 0 || across >= inWidth) continue;
        for (let c = 0; c < inChannels; c++) {
          const at = ((image * inHeight + from) * inWidth + across) * wideIn + c;
          const weight = weights[(tap * inChannels + c) * outChannels + channel] as number;
          y[to] = (y[to] as number) + (x[at] as number) * weight;
          dx[at] = (dx[at] as number) + arriving * weight;
          const of = (tap * inChannels + c) * wideOut + channel;
          filter[of] = (filter[of] as number) + (x[at] as number) * arriving;
        }
      }
      if (!shape.bias) continue;
      y[to] = (y[to] as number) + (run.read(run.bias)[channel] as number);
      const of = shape.rows * wideOut + channel;
      filter[of] = (filter[of] as number) + arriving;
    }
  }
  const already = run.read(run.gradient);
  return {
    y: folded ? y : y.map((value) => Math.max(0, value)),
    dx: folded ? dx.map((value, at) => ((x[at] as number) > 0 ? value + (already[at] as number) : 0)) : dx,
    filter,
    centred: values.map((value, at) => value - norm(inNorm, wideIn, 0, at)),
  };
}

/** To five digits of the largest. */
function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(found.length, what).toBe(wanted.length);
  const worst = Math.max(...Array.from(wanted, (value, at) => Math.abs((found[at] as number) - value)));
  const largest = Math.max(...Array.from(wanted, Math.abs));
  expect(largest, what).toBeGreaterThan(0.5);
  expect(worst / largest, what).toBeLessThan(1e-5);
}

/** Column sums of [.., wide] numbers. */
function columns(values: ArrayLike<number>, wide: number): Float64Array {
  const sums = new Float64Array(wide);
  for (let at = 0; at < values.length; at++) sums[at % wide] = (sums[at % wide] as number) + (values[at] as number);
  return sums;
}

/** Of slots [slot, quad, part, 4]: that part's numbers, [slot, channel]. */
const partOf = (slots: Float32Array, part: number, parts: number) => slots.filter((_, at) => Math.floor(at / 4) % parts === part);

const named = Object.entries(tiles) as [keyof typeof tiles, Tile][];
const loads: readonly (readonly [string, boolean, readonly Named[]])[] = [
  ['as they are', false, shapes],
  ['with batch norm folded in', true, foldedShapes],
];

describe.each(loads)('loads and stores %s:', (_way, folded, of) => {
  describe.each(of)('%s:', (_, shape) => {
    const [outWide, inWide] = [shape.outQuads * 4, shape.inQuads * 4];
    const reference = expected(shape, folded);
    let first: Results | null = null;

    test.each(named)('%s gives the sums, and the bits of the first tile', (_name, tile) => {
      const found = computed(tile, shape, folded);
      first ??= found;
      expect(found).toEqual(first);
      const { dx, partials, statistics, sums, y } = found;
      expectClose(y, reference.y, 'forward');
      expectClose(dx, reference.dx, 'input gradient');
      expectClose(columns(partials, partials.length / slices), reference.filter, 'filter and bias gradient');
      if (!folded) return;
      const counts = partOf(statistics, 0, statisticsFours);
      const means = partOf(statistics, 1, statisticsFours).map((mean, at) => mean * (counts[at] as number));
      expectClose(columns(means, outWide), columns(reference.y, outWide), 'sums of y');
      expectClose(columns(partOf(sums, 0, sumsFours), inWide), columns(reference.dx, inWide), 'sums of dx');
      const products = reference.dx.map((value, at) => value * (reference.centred[at] as number));
      expectClose(columns(partOf(sums, 1, sumsFours), inWide), columns(products, inWide), 'sums of dx (x - mean)');
    });
  });
});

test('slices of the filter gradient, its order of sums, are cut alike whatever the tile; direct kernels cut others', () => {
  const shape = conv([32, 32, 64], [32, 32, 64], [3, 1, 1]);
  for (const [, tile] of named) expect(tiledKernels(tile).slices(shape, 64, 1)).toBe(tiledGradientSlices(shape, 64, 1));
  expect(directKernels(shares['direct-4x4']).slices(shape, 64, 1)).not.toBe(tiledGradientSlices(shape, 64, 1));
});

test('where the slots of a second chunk begin depends on the rows of the tile, and with it the order that joins them', () => {
  const slots = (name: keyof typeof tiles) => tiledSlots(16, 6, tiles[name]);
  expect(slots('32x64x16-4x8')).toBe(3);
  for (const name of ['64x64x16', '64x64x16-4x4', '128x64x8', '128x64x16', '128x128x8'] as const) expect(slots(name)).toBe(4);
});
