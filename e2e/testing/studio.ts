/**
 * The `test` that every e2e spec uses: Playwright's, plus a watch that fails a test for anything a user should never
 * cause: a console error, an uncaught error, a violation of the security policy, or a request that leaves the origin.
 * And what several specs do to the page: drop files on it, and ask how long it was blocked.
 */
import { resolve } from 'node:path';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';

export { expect };

interface StudioFixtures {
  /** Complaints that a test causes on purpose, e.g. by crashing the GPU process: `test.use({ allowed: [/lost/] })`. */
  allowed: RegExp[];
  watch: undefined;
}

interface LongTask {
  readonly startMs: number;
  readonly durationMs: number;
}

declare global {
  interface Window {
    longTasksSeen?: LongTask[];
    reportPolicyViolation?: (text: string) => Promise<void>;
  }
}

/** In the page, before its own scripts. A worker's violations stay in the worker: there, only their consequences show. */
function observe(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    void window.reportPolicyViolation?.(
      `${event.effectiveDirective} forbids ${event.blockedURI || 'inline code'}: ${event.sample}`,
    );
  });
  const seen: LongTask[] = [];
  window.longTasksSeen = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.push({ startMs: entry.startTime, durationMs: entry.duration });
  }).observe({ type: 'longtask', buffered: true });
}

async function collectComplaints(context: BrowserContext, origin: string): Promise<string[]> {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url, lineNumber } = message.location();
    complaints.push(`console error: ${message.text()} (${url}:${lineNumber})`);
  });
  context.on('weberror', (webError) => complaints.push(`uncaught: ${webError.error().stack ?? webError.error().message}`));
  context.on('request', (request) => {
    const url = request.url();
    const stays = url.startsWith(`${origin}/`) || url.startsWith('blob:') || url.startsWith('data:') || url.startsWith('about:');
    if (!stays) complaints.push(`request that leaves the origin: ${request.method()} ${url}`);
  });
  await context.exposeFunction('reportPolicyViolation', (text: string) => {
    complaints.push(`security policy: ${text}`);
  });
  await context.addInitScript(observe);
  return complaints;
}

export const test = base.extend<StudioFixtures>({
  allowed: [[], { option: true }],
  watch: [
    async ({ context, baseURL, allowed }, use) => {
      const complaints = await collectComplaints(context, new URL(baseURL ?? 'http://127.0.0.1').origin);
      await use(undefined);
      const unexpected = complaints.filter((complaint) => !allowed.some((pattern) => pattern.test(complaint)));
      expect(unexpected, 'what the browser complained about during this test').toEqual([]);
    },
    { auto: true },
  ],
});

/**
 * Drops files (or folders) of this machine on the page, as a user does: the browser itself is told of the drag, so the
 * page sees real `File` objects of any size, read from disk. `at` is in CSS pixels, the middle of the window if left out.
 */
export async function dropFile(page: Page, paths: string | readonly string[], at?: { x: number; y: number }): Promise<void> {
  await dragFileOver(page, paths, at);
  await drag(page, 'drop', paths, at);
}

/** The first half of a drop: the files hover over the page, which should say that it would take them. */
export async function dragFileOver(page: Page, paths: string | readonly string[], at?: { x: number; y: number }): Promise<void> {
  await drag(page, 'dragEnter', paths, at);
  await drag(page, 'dragOver', paths, at);
}

/** The files leave the window again without having been dropped. */
export async function dragFileAway(page: Page): Promise<void> {
  await drag(page, 'dragCancel', []);
}

async function drag(
  page: Page,
  type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel',
  paths: string | readonly string[],
  at?: { x: number; y: number },
): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 };
  const { x, y } = at ?? { x: width / 2, y: height / 2 };
  const files = [paths].flat().map((path) => resolve(path));
  const session = await page.context().newCDPSession(page);
  // 1 is "copy", the only thing one can do with a file on a page.
  await session.send('Input.dispatchDragEvent', { type, x, y, data: { items: [], files, dragOperationsMask: 1 } });
  await session.detach();
}

/** Durations in ms of the main thread's tasks over 50 ms, of those that began after `sinceMs` (`performance.now()`). */
export async function longTasks(page: Page, sinceMs = 0): Promise<number[]> {
  const seen = await page.evaluate(() => window.longTasksSeen ?? []);
  return seen.filter((task) => task.startMs >= sinceMs).map((task) => task.durationMs);
}

/** The page's own clock, to hand to `longTasks`. */
export async function pageNow(page: Page): Promise<number> {
  return page.evaluate(() => performance.now());
}
