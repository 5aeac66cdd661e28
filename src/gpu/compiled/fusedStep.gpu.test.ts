/**
 * A whole step with normalisations in the loads and tallies in the stores of tiled kernels, against the same step with all
 * of them written out. The tile is a small one, which emulated GPUs compile quickly; the batch is in two uneven chunks.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resnet } from '../../model/resnet.ts';
import { closeDawn, openDawn } from '../testing/dawn.ts';
import { patterned } from '../testing/patterned.ts';
import { lowerBackward } from './backwardPass.ts';
import { directKernels, tiledKernels, type ConvKernels } from './convKernels.ts';
import { lowerForward } from './forwardPass.ts';
import { graphOf } from './graph.ts';
import { lossesBytes } from './loss.ts';
import { Lowering } from './lowering.ts';
import { batchBytes, nowBytes } from './operation.ts';
import { ParameterBuffers } from './parameterBuffers.ts';
import { Pipelines } from './pipelines.ts';
import { Arena, Program } from './program.ts';
import { shares } from './tiles.ts';

/** Channels that are no fours, a residual block, 64 pixels an image. */
const network = resnet({ blocks: [1], widths: [6] }, 'small', [8, 8, 3], 5);
const images = [3, 2];
const size = 5;

interface Step {
  readonly dispatches: number;
  /** Every array of the network after the step, by name. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

async function step(device: GPUDevice, kernels: ConvKernels): Promise<Step> {
  const storage = (values: Float32Array) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const buffer = device.createBuffer({ size: Math.ceil(values.length / 4) * 16, usage });
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const uniform = (bytes: number, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>) => {
    const buffer = device.createBuffer({ size: bytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  };
  const parameters = new ParameterBuffers(device, network);
  parameters.arrays.forEach(({ count, name, values }, at) =>
    parameters.write(
      values,
      patterned([count], at).map((value) => (/norm|bn|running_var/.test(name) ? 1 + value / 2 : value)),
    ),
  );
  const targets = new Float32Array(size * network.classes);
  for (let image = 0; image < size; image++) targets[image * network.classes + (image % network.classes)] = 1;
  const lowering = new Lowering({
    kernels,
    parameters,
    graph: graphOf(network),
    chunks: images.map((count, number) => ({
      number,
      images: count,
      batch: uniform(batchBytes, new Uint32Array([count, number === 0 ? 0 : (images[0] as number), size, number])),
    })),
    half: false,
    step: {
      now: uniform(nowBytes, new Float32Array([0.5, 0.9, 1e-3])),
      targets: storage(targets),
      losses: storage(new Float32Array(lossesBytes(size) / 4)),
    },
  });
  const input = lowerForward(lowering, 'train');
  lowerBackward(lowering, false);
  const { operations } = lowering;
  await Pipelines.of(device).compile(operations, () => {});
  const program = new Program(device, Pipelines.of(device), new Arena(device), operations, { before: input, after: [] });
  input.forEach((buffer, number) => {
    const values = patterned([buffer.bytes / 4], 100 + number).map((value, at) => (at % 4 === 3 ? 0 : value));
    device.queue.writeBuffer(program.buffer(buffer), 0, values as Float32Array<ArrayBuffer>);
  });
  program.run(images, true);
  const arrays = new Map<string, Float32Array>();
  for (const { buffer, count, name } of parameters.named()) {
    const staging = device.createBuffer({ size: count * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, count * 4);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    arrays.set(name, new Float32Array(staging.getMappedRange().slice(0)));
  }
  return { dispatches: operations.length, arrays };
}

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('a step of tiled kernels', () => {
  let opened: GPUDevice | null = null;
  beforeAll(async () => {
    opened = await openDawn();
  });
  afterAll(() => closeDawn(opened));

  test('with normalisations in its loads and tallies in its stores is the step with them written out, and shorter', async () => {
    const device = opened as GPUDevice;
    const tile = { rows: 32, columns: 16, depth: 4, rowsEach: 8, columnsEach: 4 };
    const written = await step(device, directKernels(shares['direct-4x4']));
    const fused = await step(device, tiledKernels(tile));
    expect(fused.dispatches).toBeLessThan(written.dispatches);
    for (const [name, values] of written.arrays) {
      const found = fused.arrays.get(name) as Float32Array;
      const worst = Math.max(...values.map((value, at) => Math.abs((found[at] as number) - value)));
      expect(Math.max(...values.map(Math.abs)), name).toBeGreaterThan(1e-3);
      expect(worst, name).toBeLessThan(1e-5);
    }
  }, 240_000);
});
