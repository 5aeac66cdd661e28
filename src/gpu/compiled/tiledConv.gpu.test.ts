/**
 * Every tile and share of the convolution kernels against that of emulated GPUs, which PyTorch's steps vouch for: at shapes
 * that leave a rest in every block. Emulated GPUs take seconds to compile each tiled kernel of full size, and never train
 * with them: there they run where TEST_TILED=1 asks for it, and small tiles of the same code stand in for them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDawn, openDawn } from '../testing/dawn.ts';
import { patterned } from '../testing/patterned.ts';
import { isSoftware } from '../webgpu.ts';
import { plain } from './activation.ts';
import { convKernels, directKernels, tiledKernels, type ConvKernels } from './convKernels.ts';
import type { ConvShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import { quads, type Operation } from './operation.ts';
import { Pipelines } from './pipelines.ts';
import { Arena, Program } from './program.ts';
import { allOf, shares, softwareChoice, takesSubgroups, tiles, type Tile, type TileName } from './tiles.ts';

type Sides = readonly [height: number, width: number, channels: number];

function conv(
  name: string,
  input: Sides,
  output: Sides,
  window: readonly [size: number, stride: number, padding: number],
): ConvShape {
  const [inHeight, inWidth, inChannels] = input;
  const [outHeight, outWidth, outChannels] = output;
  const [size, stride, padding] = window;
  const rows = size * size * inChannels;
  const [inQuads, outQuads] = [quads(inChannels), quads(outChannels)];
  const sides = { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels };
  return { name, ...sides, size, stride, padding, rows, inQuads, outQuads, bias: size > 1, macs: 0 };
}

const shapes = [
  // 75 pixels and 72 channels out of 3 images: a second, broken block of 64 both ways; the window strides.
  conv('3 x 3, stride 2', [9, 9, 18], [5, 5, 72], [3, 2, 1]),
  // 147 pixels, so that blocks of 128 are broken too; channels that are no fours; no bias.
  conv('1 x 1 at 7 x 7', [7, 7, 6], [7, 7, 10], [1, 1, 0]),
  // A map of one pixel, all padding around it; more than 128 channels out, of the three of a picture.
  conv('3 x 3 at 1 x 1', [1, 1, 3], [1, 1, 134], [3, 1, 1]),
  // Taps further out than a row of them is summed together.
  conv('7 x 7, stride 2', [11, 11, 5], [6, 6, 12], [7, 2, 3]),
];
/** Of runs of pixels along a row: two of an invocation, the last of them beyond the end; four fours that are not full. */
const unstrided = [
  conv('3 x 3 at 7 x 3', [7, 3, 15], [7, 3, 29], [3, 1, 1]),
  conv('3 x 3 at 5 x 28', [5, 28, 16], [5, 28, 15], [3, 1, 1]),
  conv('3 x 3, no padding', [6, 8, 14], [4, 6, 16], [3, 1, 0]),
];
const images = 3;
const slices = 2;

interface Results {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  /** The filter's gradient and the bias's, over all slices. */
  readonly sum: Float32Array;
}

async function results(device: GPUDevice, shape: ConvShape, kernels: ConvKernels): Promise<Results> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const empty = (count: number) => device.createBuffer({ size: Math.ceil(count / 4) * 16, usage });
  const filled = (values: Float32Array) => {
    const buffer = empty(values.length);
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
    return buffer;
  };
  /** A map's values; zero in what the last four of channels leave over. */
  const map = (pixels: number, fours: number, channels: number) =>
    filled(patterned([pixels, fours * 4], channels).map((value, at) => (at % (fours * 4) < channels ? value : 0)));
  const read = async (buffer: GPUBuffer, count: number) => {
    const staging = device.createBuffer({ size: count * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, count * 4);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  };
  const batch = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(batch, 0, new Uint32Array([images, 0, images, 0]));
  const { inChannels, inHeight, inQuads, inWidth, outChannels, outHeight, outQuads, outWidth, rows } = shape;
  const x = map(images * inHeight * inWidth, inQuads, inChannels);
  const dy = map(images * outHeight * outWidth, outQuads, outChannels);
  const weights = filled(patterned([rows, outChannels], 9));
  const bias = shape.bias ? filled(patterned([outQuads * 4], 11)) : null;
  const ofX = images * inHeight * inWidth * inQuads * 4;
  const ofY = images * outHeight * outWidth * outQuads * 4;
  const ofSlice = gradientRows(shape) * outQuads * 4;
  const [y, dx, partials] = [empty(ofY), empty(ofX), empty(slices * ofSlice)];
  const at = { batch, chunk: 0 };
  const operations: Operation[] = [
    kernels.forward(shape, { ...at, x: plain(x), y, weights, bias }, true, null),
    kernels.inputGradient(shape, { ...at, dy: plain(dy), weights }, { gradient: dx, adds: false, rectifiedBy: null }, null),
    kernels.filterGradient(shape, { ...at, x: plain(x), dy: plain(dy), partials }, slices),
  ];
  await Pipelines.of(device).compile(operations, () => {});
  new Program(device, Pipelines.of(device), new Arena(device), operations, { before: [], after: [] }).run([images], true);
  const parts = await read(partials, slices * ofSlice);
  const sum = parts.subarray(0, ofSlice).map((value, index) => value + (parts[ofSlice + index] as number));
  return { y: await read(y, ofY), dx: await read(dx, ofX), sum };
}

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('the convolution kernels', () => {
  let opened: GPUDevice | null = null;
  const references = new Map<ConvShape, Results>();
  beforeAll(async () => {
    opened = await openDawn();
    const device = opened as GPUDevice;
    const vouched = convKernels(softwareChoice(device.features));
    for (const shape of [...shapes, ...unstrided]) references.set(shape, await results(device, shape, vouched));
  }, 180_000);
  afterAll(() => closeDawn(opened));

  async function expectReference(kernels: ConvKernels, of: readonly ConvShape[] = shapes): Promise<void> {
    for (const shape of of) {
      const expected = references.get(shape) as Results;
      const found = await results(opened as GPUDevice, shape, kernels);
      for (const array of ['y', 'dx', 'sum'] as const) {
        const worst = Math.max(...found[array].map((value, at) => Math.abs(value - (expected[array][at] as number))));
        expect(Math.max(...expected[array]), `${shape.name}, ${array}`).toBeGreaterThan(1);
        expect(worst, `${shape.name}, ${array}`).toBeLessThan(5e-5);
      }
    }
  }

  // More rows than columns; and more invocations than a narrow step has entries.
  test.each<[string, Tile, readonly ConvShape[]]>([
    ['32 x 16', { rows: 32, columns: 16, depth: 8, rowsEach: 4, columnsEach: 4 }, shapes.slice(0, 1)],
    ['16 x 32', { rows: 16, columns: 32, depth: 8, rowsEach: 4, columnsEach: 4 }, shapes.slice(1)],
  ])(
    'in small tiles of %s give the reference: forward, input gradient, filter and bias gradient',
    (_, tile, of) => expectReference(tiledKernels(tile), of),
    120_000,
  );

  test(
    'of few pixels by few channels an invocation give the reference',
    () => expectReference(directKernels({ pixels: 2, quads: 3, subgroups: false }), shapes.slice(0, 1)),
    60_000,
  );

  const named = Object.keys({ ...tiles, ...shares }) as TileName[];
  test.for(named)('%s gives the reference', { timeout: 300_000 }, async (name, { skip }) => {
    const software = isSoftware((opened as GPUDevice).adapterInfo);
    if (software && name in tiles && process.env['TEST_TILED'] !== '1') skip('an emulated GPU; TEST_TILED=1 runs it');
    if (takesSubgroups(allOf(name)) && !(opened as GPUDevice).features.has('subgroups')) skip('a GPU without subgroups');
    await expectReference(convKernels(allOf(name)), [...shapes, ...unstrided]);
  });
});
