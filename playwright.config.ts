/**
 * End-to-end tests: the built app, served as `npm start` serves it, in a real Chromium with a real (maybe emulated) GPU.
 * One test at a time: an emulated GPU uses every core, and two of them only make both time out.
 */
import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.mjs';

const port = Number(process.env.E2E_PORT ?? 4187);
const origin = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: false,
  workers: 1,
  retries: 0,
  // Training on an emulated GPU takes its time; a page that only draws does not.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  globalTimeout: 60 * 60_000,
  use: {
    baseURL: origin,
    // Full Chromium in its new headless mode, where Playwright has to look for one by itself.
    channel: 'chromium',
    launchOptions: launchOptions(),
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${port} --strictPort`,
    url: origin,
    reuseExistingServer: !process.env.CI,
    timeout: 60_000,
  },
});
