/**
 * The tiled kernels against the direct ones, which PyTorch's steps vouch for: a shape that leaves a rest in every tile.
 * Emulated GPUs take a minute to compile them and never train with them: there the test runs where TEST_TILED=1 asks for it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDawn, openDawn } from '../testing/dawn.ts';
import { patterned } from '../testing/patterned.ts';
import { isSoftware } from '../webgpu.ts';
import { convKernels } from './convKernels.ts';
import type { ConvShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import type { Operation } from './operation.ts';
import { Pipelines } from './pipelines.ts';
import { Arena, Program } from './program.ts';

/** 75 pixels and 72 channels out, so that tiles of 64 have a second, broken one; stride 2, padding, a bias. */
const shape: ConvShape = {
  name: 'conv',
  inHeight: 9,
  inWidth: 9,
  inChannels: 18,
  outHeight: 5,
  outWidth: 5,
  outChannels: 72,
  size: 3,
  stride: 2,
  padding: 1,
  bias: true,
  inQuads: 5,
  outQuads: 18,
  rows: 162,
  macs: 0,
};
const images = 3;
const slices = 2;

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('the tiled convolution kernels', () => {
  let opened: GPUDevice | null = null;
  beforeAll(async () => {
    opened = await openDawn();
  });
  afterAll(() => closeDawn(opened));

  test('give what the direct ones give: forward, input gradient, filter and bias gradient', async ({ skip }) => {
    const device = opened as GPUDevice;
    if (isSoftware(device.adapterInfo) && process.env['TEST_TILED'] !== '1') skip('an emulated GPU; TEST_TILED=1 runs it');
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const empty = (count: number) => device.createBuffer({ size: Math.ceil(count / 4) * 16, usage });
    const filled = (values: Float32Array) => {
      const buffer = empty(values.length);
      device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
      return buffer;
    };
    /** A map's values; zero in what the last four of channels leave over. */
    const map = (pixels: number, quads: number, channels: number) =>
      filled(patterned([pixels, quads * 4], channels).map((value, at) => (at % (quads * 4) < channels ? value : 0)));
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
    const bias = filled(patterned([outChannels], 11));
    const ofX = images * inHeight * inWidth * inQuads * 4;
    const ofY = images * outHeight * outWidth * outQuads * 4;
    const ofSlice = gradientRows(shape) * outQuads * 4;

    const results = async (set: 'direct' | 'tiled') => {
      const kernels = convKernels[set];
      const [y, dx, partials] = [empty(ofY), empty(ofX), empty(slices * ofSlice)];
      const at = { batch, chunk: 0 };
      const operations: Operation[] = [
        kernels.forward(shape, { ...at, x, y, weights, bias }, true),
        kernels.inputGradient(shape, { ...at, dy, weights }, { gradient: dx, adds: false }),
        kernels.filterGradient(shape, { ...at, x, dy, partials }, slices),
      ];
      await Pipelines.of(device).compile(operations, () => {});
      const program = new Program(device, Pipelines.of(device), new Arena(device), operations, { before: [], after: [] });
      program.run([images], true);
      const parts = await read(partials, slices * ofSlice);
      const sum = parts.subarray(0, ofSlice).map((value, index) => value + (parts[ofSlice + index] as number));
      return { y: await read(y, ofY), dx: await read(dx, ofX), sum };
    };
    const direct = await results('direct');
    const tiled = await results('tiled');
    for (const name of ['y', 'dx', 'sum'] as const) {
      const worst = Math.max(...tiled[name].map((value, index) => Math.abs(value - (direct[name][index] as number))));
      expect(Math.max(...direct[name]), name).toBeGreaterThan(1);
      expect(worst, name).toBeLessThan(5e-5);
    }
  }, 300_000);
});
