/** Max-pooling as PyTorch defines it, as tests for one backend: values of three kinds only, so that most windows tie. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../tfjs.ts';
import { patterned } from './patterned.ts';
import { openTestBackend, type TestBackend, type TestBackendName } from './testBackend.ts';

export interface MaxPoolCase {
  readonly input: [number, number, number, number];
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

export const maxPoolCases: readonly MaxPoolCase[] = [
  { input: [2, 8, 6, 4], size: 2, stride: 2, padding: 0 },
  { input: [2, 7, 9, 3], size: 2, stride: 2, padding: 0 },
  { input: [2, 8, 8, 5], size: 3, stride: 2, padding: 1 },
  { input: [1, 9, 7, 6], size: 3, stride: 2, padding: 1 },
  { input: [1, 6, 5, 2], size: 3, stride: 1, padding: 1 },
  { input: [3, 1, 1, 2], size: 3, stride: 2, padding: 1 },
  { input: [1, 5, 5, 1], size: 2, stride: 3, padding: 0 },
  { input: [2, 8, 7, 6], size: 3, stride: 3, padding: 0 },
];

/** Output and input gradient by the definition: the first of the largest in row-major order takes the gradient. */
export function maxPoolReference({ input, padding, size, stride }: MaxPoolCase, x: Float32Array, dy: (at: number) => number) {
  const [batch, height, width, channels] = input;
  const length = (side: number) => Math.floor((side + 2 * padding - size) / stride) + 1;
  const output: number[] = [];
  const dx = new Float32Array(x.length);
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < length(height); row++) {
      for (let column = 0; column < length(width); column++) {
        for (let channel = 0; channel < channels; channel++) {
          const seen: number[] = [];
          for (let tap = 0; tap < size * size; tap++) {
            const y = row * stride - padding + Math.floor(tap / size);
            const z = column * stride - padding + (tap % size);
            if (y >= 0 && y < height && z >= 0 && z < width) seen.push(((image * height + y) * width + z) * channels + channel);
          }
          const largest = Math.max(...seen.map((at) => x[at] as number));
          const first = seen.find((at) => x[at] === largest) as number;
          dx[first] = (dx[first] as number) + dy(output.length);
          output.push(largest);
        }
      }
    }
  }
  return { output: Float32Array.from(output), dx };
}

export function describeMaxPool(backendName: TestBackendName): void {
  describe(`max-pooling on ${backendName}`, () => {
    let backend: TestBackend | null = null;
    beforeAll(async () => {
      backend = await openTestBackend(backendName);
    });
    afterAll(async () => backend?.close());

    test.each(maxPoolCases)(
      '$input, size $size, stride $stride, padding $padding: the first of equal maxima takes the gradient',
      async (each) => {
        if (backend === null) return;
        const held = tf.memory().numTensors;
        const values = patterned(each.input, 4).map((value) => Math.round(value) + 2);
        // Whole numbers: their sums are exact in any order.
        const expected = maxPoolReference(each, values, (at) => (at % 7) + 1);
        const x = tf.tensor4d(values, each.input);
        const pool = (image: tf.Tensor4D) => tf.maxPool(image, each.size, each.stride, each.padding);
        const output = pool(x);
        const dy = tf.tensor4d(
          expected.output.map((_, at) => (at % 7) + 1),
          output.shape,
        );
        const dx = tf.grad((image) => pool(image as tf.Tensor4D))(x, dy);
        expect(await output.data()).toEqual(expected.output);
        expect(await dx.data()).toEqual(expected.dx);
        tf.dispose([x, output, dy, dx]);
        expect(tf.memory().numTensors).toBe(held);
      },
    );
  });
}
