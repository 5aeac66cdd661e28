/**
 * Unit tests stand beside their sources and run in Node; GPU tests (`*.gpu.test.ts`) run there on a real WebGPU device
 * through Dawn. What only a browser can answer is a `*.browser.test.ts` and runs in the same Chromium as the e2e tests.
 */
import { playwright } from '@vitest/browser-playwright';
import { configDefaults, defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/browser.mjs';
import { buildDefine } from './scripts/build-id.mjs';

const inBrowser = 'src/**/*.browser.test.{ts,tsx}';

export default defineConfig({
  test: {
    // Emulated GPUs use every core by themselves: more files at once only make each of them slower.
    maxWorkers: 2,
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'node',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, inBrowser],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // tfjs's deep imports have no file extensions, which Node's own loader refuses.
          server: { deps: { inline: [/@tensorflow\//] } },
        },
      },
      {
        // SharedArrayBuffer and WASM threads, as in the built app.
        server: {
          headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
        },
        define: buildDefine(),
        // Named beforehand: what Vite finds only while a test runs makes it reload the page under that test.
        optimizeDeps: {
          include: [
            'hash-wasm',
            'zod/mini',
            '@tensorflow/tfjs-backend-cpu',
            '@tensorflow/tfjs-backend-wasm',
            '@tensorflow/tfjs-backend-webgl',
            '@tensorflow/tfjs-backend-webgpu',
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-core/dist/register_all_gradients',
          ],
        },
        test: {
          name: 'browser',
          include: [inBrowser],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
