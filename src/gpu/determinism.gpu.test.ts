import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBackend, type TestBackend } from './testing/testBackend.ts';
import { reproducibleFlags, tf } from './tfjs.ts';

/** Few outputs, a long sum: the shape for which tfjs's default splits the sum and adds it up in no fixed order. */
const rows = 32;
const inner = 2048;
const columns = 10;

/** How many different results `calls` equal products give. */
async function differentResults(calls: number): Promise<number> {
  const wave = (length: number, step: number) => Float32Array.from({ length }, (_, at) => Math.sin(at * step));
  const a = tf.tensor2d(wave(rows * inner, 0.37), [rows, inner]);
  const b = tf.tensor2d(wave(inner * columns, 0.73), [inner, columns]);
  const seen = new Set<string>();
  for (let call = 0; call < calls; call++) {
    const product = tf.matMul(a, b);
    const bits = new Uint32Array((await product.data<'float32'>()).slice().buffer);
    seen.add(bits.join());
    product.dispose();
  }
  a.dispose();
  b.dispose();
  return seen.size;
}

describe('tfjs on WebGPU', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  it.skipIf(process.env['INMERGE_NO_GPU'] === '1')('has the flags set that make a run repeat bit for bit', () => {
    for (const [flag, value] of Object.entries(reproducibleFlags)) expect(tf.env().get(flag), flag).toBe(value);
  });

  it.skipIf(process.env['INMERGE_NO_GPU'] === '1')('gives one and the same product in 20 calls', async () => {
    expect(await differentResults(20)).toBe(1);
  });

  it.skipIf(process.env['INMERGE_NO_GPU'] === '1')(
    'would not with tfjs’s defaults: the test above can see the difference',
    async () => {
      tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', -1);
      try {
        let most = 1;
        // The order of float atomics depends on scheduling: on a quiet machine a round may happen to agree.
        for (let round = 0; round < 10 && most === 1; round++) most = await differentResults(20);
        expect(most).toBeGreaterThan(1);
      } finally {
        tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', reproducibleFlags.WEBGPU_MATMUL_PROGRAM_TYPE);
      }
    },
  );
});
