/** Gradients of convolutions on WASM, where they are ours, equal those of tfjs's CPU backend on shapes of every kind. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBackend, type TestBackend } from './testing/testBackend.ts';
import { patterned } from './testing/patterned.ts';
import { tf } from './tfjs.ts';

type Pad = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  readonly name: string;
  readonly input: [number, number, number, number];
  /** [kh, kw, cin, cout] */
  readonly filter: [number, number, number, number];
  readonly strides: [number, number] | number;
  readonly pad: Pad;
}

const around = (top: number, bottom: number, left: number, right: number): Pad => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

const cases: readonly Case[] = [
  { name: '3 x 3, stride 1, padding 1', input: [2, 7, 5, 3], filter: [3, 3, 3, 5], strides: 1, pad: around(1, 1, 1, 1) },
  { name: '3 x 3, stride 1, no padding', input: [2, 6, 9, 4], filter: [3, 3, 4, 8], strides: 1, pad: 'valid' },
  { name: '3 x 3, stride 1, on a single pixel', input: [3, 1, 1, 6], filter: [3, 3, 6, 2], strides: 1, pad: around(1, 1, 1, 1) },
  { name: '1 x 1, stride 1', input: [2, 5, 4, 7], filter: [1, 1, 7, 3], strides: 1, pad: 0 },
  { name: '1 x 1, stride 2, even side', input: [2, 8, 6, 5], filter: [1, 1, 5, 9], strides: 2, pad: 0 },
  { name: '1 x 1, stride 2, odd side', input: [2, 7, 9, 5], filter: [1, 1, 5, 9], strides: 2, pad: 0 },
  {
    name: '3 x 3, stride 2, padding 1, even side',
    input: [2, 8, 10, 3],
    filter: [3, 3, 3, 6],
    strides: 2,
    pad: around(1, 1, 1, 1),
  },
  {
    name: '3 x 3, stride 2, padding 1, odd side',
    input: [2, 9, 7, 6],
    filter: [3, 3, 6, 5],
    strides: 2,
    pad: around(1, 1, 1, 1),
  },
  { name: '3 x 3, stride 2, on two pixels', input: [3, 2, 2, 4], filter: [3, 3, 4, 4], strides: 2, pad: around(1, 1, 1, 1) },
  {
    name: '7 x 7, stride 2, padding 3, even side',
    input: [1, 16, 12, 3],
    filter: [7, 7, 3, 4],
    strides: 2,
    pad: around(3, 3, 3, 3),
  },
  {
    name: '7 x 7, stride 2, padding 3, odd side',
    input: [1, 13, 15, 1],
    filter: [7, 7, 1, 6],
    strides: 2,
    pad: around(3, 3, 3, 3),
  },
  { name: '5 x 3, strides 3 and 2', input: [2, 11, 9, 2], filter: [5, 3, 2, 3], strides: [3, 2], pad: 'valid' },
  { name: '3 x 3, asymmetric padding, stride 1', input: [2, 6, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: around(0, 2, 1, 0) },
  { name: '3 x 3, asymmetric padding, stride 2', input: [2, 8, 9, 3], filter: [3, 3, 3, 4], strides: 2, pad: around(0, 1, 2, 0) },
  { name: '3 x 3, tfjs’s own same padding, stride 2', input: [2, 8, 7, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'same' },
  { name: '4 x 2, rows that no window sees', input: [1, 10, 9, 5], filter: [4, 2, 5, 3], strides: 4, pad: 'valid' },
];

interface Gradients {
  readonly output: Float32Array;
  readonly x: Float32Array;
  readonly filter: Float32Array;
}

async function gradients({ filter, input, pad, strides }: Case): Promise<Gradients> {
  const before = tf.memory().numTensors;
  const x = tf.tensor4d(patterned(input, 1), input);
  const w = tf.tensor4d(patterned(filter, 2), filter);
  const convolve = (image: tf.Tensor4D, kernel: tf.Tensor4D) => tf.conv2d(image, kernel, strides, pad);
  const output = convolve(x, w);
  const dy = tf.tensor4d(patterned(output.shape, 3), output.shape);
  const [dx, dw] = tf.grads((...[image, kernel]) => convolve(image as tf.Tensor4D, kernel as tf.Tensor4D))([x, w], dy);
  const read = (tensor: tf.Tensor | undefined) => (tensor as tf.Tensor).data<'float32'>();
  const result = { output: await read(output), x: await read(dx), filter: await read(dw) };
  tf.dispose([x, w, output, dy, dx as tf.Tensor, dw as tf.Tensor]);
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

describe('convolution gradients on WASM', () => {
  const expected = new Map<string, Gradients>();
  let wasm: TestBackend | null = null;

  beforeAll(async () => {
    const cpu = await openTestBackend('cpu');
    for (const each of cases) expected.set(each.name, await gradients(each));
    await cpu?.close();
    wasm = await openTestBackend('wasm');
  });
  afterAll(async () => wasm?.close());

  test.each(cases)('$name: the CPU backend’s, within 1e-5 of the largest', async (each) => {
    const found = await gradients(each);
    const truth = expected.get(each.name) as Gradients;
    for (const part of ['output', 'x', 'filter'] as const) {
      expect(found[part]).toHaveLength(truth[part].length);
      const largest = Math.max(...truth[part].map(Math.abs));
      const difference = Math.max(...found[part].map((value, at) => Math.abs(value - (truth[part][at] as number))));
      expect(largest, part).toBeGreaterThan(0);
      expect(difference / largest, part).toBeLessThan(1e-5);
    }
  });

  test('registering twice is harmless', async () => {
    const { registerWasmTrainingKernels } = await import('./wasmKernels.ts');
    const [first] = cases;
    registerWasmTrainingKernels();
    const twice = await gradients(first as Case);
    expect(twice.filter).toEqual((await gradients(first as Case)).filter);
  });
});
