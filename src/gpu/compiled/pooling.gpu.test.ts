/** The compiled step's max-pooling and its gradient on a device: as PyTorch defines them, where most windows tie. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDawn, openDawn } from '../testing/dawn.ts';
import { maxPoolCases, maxPoolReference } from '../testing/maxPoolCases.ts';
import { patterned } from '../testing/patterned.ts';
import type { Stored } from './activation.ts';
import type { Node } from './graph.ts';
import { quads } from './operation.ts';
import { Pipelines } from './pipelines.ts';
import { maxPool, maxPoolGradient } from './pooling.ts';
import { Arena, Program } from './program.ts';
import type { Shape } from '../../model/network.ts';

/** Channels in fours, zero in what the last four leaves over. */
function inFours(values: ArrayLike<number>, channels: number): Float32Array<ArrayBuffer> {
  const wide = quads(channels) * 4;
  const padded = new Float32Array((values.length / channels) * wide);
  for (let at = 0; at < values.length; at++) {
    padded[Math.floor(at / channels) * wide + (at % channels)] = values[at] as number;
  }
  return padded;
}

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('compiled max-pooling', () => {
  let opened: GPUDevice | null = null;
  beforeAll(async () => {
    opened = await openDawn();
  });
  afterAll(() => closeDawn(opened));

  test.each(maxPoolCases)(
    '$input, size $size, stride $stride, padding $padding: adds to a gradient, masked where what is read is not positive',
    async ({ input, padding, size, stride }) => {
      const device = opened as GPUDevice;
      const [images, height, width, channels] = input;
      const sides = (side: number) => Math.floor((side + 2 * padding - size) / stride) + 1;
      const output: Shape = [sides(height), sides(width), channels];
      const values = patterned(input, 4).map((value) => Math.round(value) + 1);
      const expected = maxPoolReference({ input, size, stride, padding }, values, (at) => (at % 7) + 1);
      const earlier = values.map((_, at) => (at % 5) - 2);
      const masked = expected.dx.map((dx, at) => ((values[at] as number) > 0 ? dx + (earlier[at] as number) : 0));

      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
      const filled = (numbers: ArrayLike<number>) => {
        const data = inFours(numbers, channels);
        const buffer = device.createBuffer({ size: data.byteLength, usage });
        device.queue.writeBuffer(buffer, 0, data);
        return buffer;
      };
      const read = async (buffer: GPUBuffer) => {
        const staging = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
        device.queue.submit([encoder.finish()]);
        await staging.mapAsync(GPUMapMode.READ);
        return new Float32Array(staging.getMappedRange().slice(0));
      };
      const batch = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
      device.queue.writeBuffer(batch, 0, new Uint32Array([images, 0, images, 0]));
      const node = { number: 1, shape: [height, width, channels], norm: null, relu: true } as unknown as Node;
      const stored: Stored = { node, values: filled(values), norm: null };
      const y = filled(expected.output.map(() => -1));
      const dy = filled(expected.output.map((_, at) => (at % 7) + 1));
      const gradient = filled(earlier);
      const at = { batch, chunk: 0 };
      const window = { size, stride, padding };
      const operations = [
        maxPool(window, stored, output, { ...at, y }),
        maxPoolGradient(window, stored, output, { ...at, dy }, { gradient, adds: true, rectifiedBy: stored }),
      ];
      await Pipelines.of(device).compile(operations, () => {});
      new Program(device, Pipelines.of(device), new Arena(device), operations, { before: [], after: [] }).run([images], true);
      // Beyond the last channel of a four of zeros the pool finds zero.
      expect(await read(y)).toEqual(inFours(expected.output, channels));
      expect(await read(gradient)).toEqual(inFours(masked, channels));
    },
  );
});
