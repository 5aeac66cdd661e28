/** Before anything else: the built app opens, keeps to its own origin, and this browser can train on WebGPU. */
import { expect, test } from './testing/studio.ts';

test('the page opens without a complaint, isolated and under its security policy', async ({ page }) => {
  const response = await page.goto('/');
  await expect(page).toHaveTitle(/InMerge Studio/);
  await expect(page.locator('body')).not.toBeEmpty();
  await page.waitForLoadState('networkidle');
  expect(response?.headers()['content-security-policy']).toContain(`default-src 'none'`);
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
  await expect(policy).toHaveAttribute('content', /default-src 'none'/);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test.describe('what the policy forbids', () => {
  test.use({ allowed: [/example\.com/] });

  test('nothing can be sent to another origin', async ({ page }) => {
    await page.goto('/');
    const outcome = await page.evaluate(async () => {
      const forbidden = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
      });
      const sent = await fetch('https://example.com/').then(
        () => 'sent',
        () => 'refused',
      );
      return [await forbidden, sent];
    });
    expect(outcome).toEqual(['connect-src', 'refused']);
  });
});

test('a worker of this page gets a WebGPU device and computes on it', async ({ page }) => {
  await page.goto('/');
  const outcome = await page.evaluate(async () => {
    const compute = async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter) return 'no adapter';
      const device = await adapter.requestDevice();
      const code = `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
        @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = f32(id.x) * 2.0; }`;
      const pipeline = device.createComputePipeline({
        layout: 'auto',
        compute: { module: device.createShaderModule({ code }) },
      });
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      const result = device.createBuffer({ size: 16, usage });
      const readback = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      const layout = pipeline.getBindGroupLayout(0);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer: result } }] }));
      pass.dispatchWorkgroups(1);
      pass.end();
      encoder.copyBufferToBuffer(result, 0, readback, 0, 16);
      device.queue.submit([encoder.finish()]);
      await readback.mapAsync(GPUMapMode.READ);
      return [...new Float32Array(readback.getMappedRange())];
    };
    const source = `(${compute.toString()})().then((x) => postMessage(x), (e) => postMessage(String(e)))`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    return new Promise<unknown>((resolve) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => resolve(event.message);
    });
  });
  expect(outcome).toEqual([0, 2, 4, 6]);
});
