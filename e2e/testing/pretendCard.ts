/**
 * An emulated GPU that the page takes for a graphics card, in the page's threads: kernels are tuned, which the emulated are
 * not, in a moment: a convolution's kernel does nothing there, but those that are timed dawdle unless their tile is wanted.
 * For tests of what becomes of the choice; what the networks compute means nothing.
 */
import type { Page } from '@playwright/test';

declare global {
  interface Window {
    /** Labels of the kernels that were timed since the page was opened. */
    timed: string[];
  }
}

/** Runs in a thread before anything of it asks for a device. */
function pretend(): void {
  const info = { vendor: 'acme', architecture: 'turbo', device: '', description: 'pretended', isFallbackAdapter: false };
  Object.defineProperty(GPUDevice.prototype, 'adapterInfo', { get: () => info });
  // Tuning ends where its time is up; a busy machine shall not come to that. Whoever measures speed has the true time.
  const now = performance.now.bind(performance);
  if (self.location.pathname.includes('/worker-')) performance.now = () => now() / 20;
  const channel = new BroadcastChannel('timed');
  const create = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (this: GPUDevice, descriptor: GPUShaderModuleDescriptor) {
    const { code, label = '' } = descriptor;
    if (!/ (forward|input gradient|filter gradient)$/.test(label) || !code.includes('others: array'))
      return create.call(this, descriptor);
    const nothing = (work: string) =>
      create.call(this, { label, code: `${work}@compute @workgroup_size(1) fn main() { work(); }` });
    const tuned = label.startsWith('tuning');
    if (tuned) channel.postMessage(label);
    // 64x64x16-4x4 where the maps are small, 32x64x16-4x8 elsewhere: by what an invocation sums.
    const wanted = label.startsWith('tuning 8 ')
      ? code.includes('workgroup_size(256)') && !/sum\d+_1/.test(code)
      : code.includes('workgroup_size(64)') && !/sum4_|sum10_/.test(code);
    if (!tuned || wanted) return nothing('fn work() {}\n');
    return nothing(
      `var<workgroup> sum: atomic<u32>;\nfn work() { for (var at = 0u; at < 3000u; at++) { atomicAdd(&sum, at); } }\n`,
    );
  };
}

export async function pretendCard(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.timed = [];
    new BroadcastChannel('timed').addEventListener('message', ({ data }) => window.timed.push(String(data)));
  });
  await page.route(/assets\/(worker|speedThread)-.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${pretend.toString()})();\n${await response.text()}` });
  });
}
