/** Threefry in WGSL, bit for bit against Random123's published answers and the function in base. */
import { afterAll, describe, expect, test } from 'vitest';
import { keyOf, threefry2x32 } from '../base/threefry.ts';
import { closeDawn, openDawn } from '../gpu/testing/dawn.ts';
import { bitsOf } from './testing/weights.ts';
import { download } from './testing/weightBuffers.ts';
import source from '../base/threefry.wgsl?raw';

const device = await openDawn();
afterAll(() => closeDawn(device));

/** Threefry on the device for rows of (key, counter). */
async function onDevice(gpu: GPUDevice, rows: readonly (readonly number[])[]): Promise<number[][]> {
  const code = `${source}
@group(0) @binding(0) var<storage, read_write> rows: array<vec4u>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&rows)) { rows[id.x] = vec4u(threefry2x32(rows[id.x].xy, rows[id.x].zw), 0u, 0u); }
}`;
  const module = gpu.createShaderModule({ code });
  const pipeline = await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const words = Uint32Array.from(rows.flat());
  const buffer = gpu.createBuffer({
    size: words.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  gpu.queue.writeBuffer(buffer, 0, words);
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }),
  );
  pass.dispatchWorkgroups(Math.ceil(rows.length / 64));
  pass.end();
  gpu.queue.submit([encoder.finish()]);
  const answers = bitsOf(await download(gpu, buffer));
  buffer.destroy();
  return rows.map((_, at) => [...answers.subarray(at * 4, at * 4 + 2)]);
}

describe.skipIf(device === null)('on a WebGPU device', () => {
  const gpu = device as GPUDevice;

  test("gives Random123's published answers", async () => {
    const all = 0xffffffff;
    const answers = await onDevice(gpu, [
      [0, 0, 0, 0],
      [all, all, all, all],
      [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3],
    ]);
    expect(answers).toEqual([
      [0x6b200159, 0x99ba4efe],
      [0x1cb996fc, 0xbb002be7],
      [0xc4923a9c, 0x483df7a0],
    ]);
  });

  test('gives the bits of base/threefry.ts for a thousand keys and counters', async () => {
    const rows = Array.from({ length: 1000 }, (_, at) => [
      ...threefry2x32(keyOf(1), [0, at]),
      ...threefry2x32(keyOf(2), [0, at]),
    ]);
    const expected = rows.map(([a, b, c, d]) => threefry2x32([a as number, b as number], [c as number, d as number]));
    expect(await onDevice(gpu, rows)).toEqual(expected);
  });
});
