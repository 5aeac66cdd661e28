import { expect, it } from 'vitest';
import { openTestBackend } from './testing/testBackend.ts';
import { tf } from './tfjs.ts';

it('can be opened, closed and opened again, in any order', async () => {
  for (const name of ['wasm', 'cpu', 'webgpu', 'wasm', 'cpu', 'wasm'] as const) {
    const backend = await openTestBackend(name);
    if (backend === null) continue;
    expect(tf.getBackend()).toBe(name);
    const sum = tf.tidy(() => tf.sum(tf.mul(tf.tensor1d([1, 2, 3]), 2)));
    expect([...(await sum.data())]).toEqual([12]);
    sum.dispose();
    await backend.close();
  }
});
