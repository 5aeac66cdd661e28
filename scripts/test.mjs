/**
 * `npm test`: every check there is, in one command, on a machine that has only git and Node. Gets a browser and a Vulkan
 * driver where there are none, goes on after a failure, and ends with one line: `N passed, N failed`.
 *   --only types|lint|unit|build|e2e   that step alone (repeatable)
 *   --grep PATTERN                     only tests (unit and e2e) with that in their name
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeBrowser } from './browser.mjs';
import { installPackages, obtainBrowser } from './browserInstall.mjs';
import { root, whyBuild } from './dist.mjs';
import { findVulkan } from './vulkan.mjs';

const known = ['types', 'lint', 'unit', 'build', 'e2e'];
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, grep: { type: 'string' } } });
const chosen = values.only ?? known;
const unknown = chosen.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`--only ${unknown}: there is no such step. Steps: ${known.join(', ')}.`);
  process.exit(2);
}

const reports = join(root, 'test-results');
const unitReport = join(reports, 'unit.json');
const endToEndReport = join(reports, 'e2e.json');
const env = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** A program that says no without naming a failed test (a crash, a broken configuration) counts as one failure. */
function countsOf(counted, exit) {
  return exit !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

async function single(program, args) {
  return (await run(program, args)) === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function unit() {
  rmSync(unitReport, { force: true });
  const named = values.grep === undefined ? [] : ['--testNamePattern', values.grep];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`];
  const exit = await run('vitest', ['run', ...reporters, ...named]);
  const report = readReport(unitReport);
  // A file that cannot be loaded has no tests to fail.
  const broken = report?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length ?? 0;
  const counted = {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + broken,
    // Tests left out by --grep are pending too, and nobody skipped them.
    skipped: values.grep === undefined ? (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0) : 0,
  };
  return countsOf(counted, exit);
}

/** A port that nobody listens on, so that whatever else runs on this machine is not in the way. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function endToEnd() {
  rmSync(endToEndReport, { force: true });
  env.E2E_PORT ??= String(await freePort());
  const named = values.grep === undefined ? [] : ['--grep', values.grep, '--pass-with-no-tests'];
  const exit = await run('playwright', ['test', ...named]);
  const stats = readReport(endToEndReport)?.stats;
  const passed = (stats?.expected ?? 0) + (stats?.flaky ?? 0);
  return countsOf({ passed, failed: stats?.unexpected ?? 0, skipped: stats?.skipped ?? 0 }, exit);
}

const results = [];
async function step(title, work) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(4, 60 - title.length))}`);
  const start = performance.now();
  const counts = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  results.push({ title, seconds, ...counts });
  console.log(`${counts.failed === 0 ? 'ok' : 'FAILED'}: ${title}, ${seconds} s`);
  return counts.failed === 0;
}

mkdirSync(reports, { recursive: true });
const wants = (name) => chosen.includes(name);

if (wants('unit') || wants('e2e')) {
  const browser = obtainBrowser();
  let vulkan = findVulkan(browser);
  if (vulkan.missing !== null && installPackages('libvulkan1', 'chromium')) vulkan = findVulkan(browser);
  Object.assign(env, vulkan.env);
  console.log(`Browser: ${browser === null ? 'none' : describeBrowser(browser)}`);
  console.log(`Vulkan for Node: ${vulkan.note}`);
  if (vulkan.missing !== null)
    console.log(`  no Vulkan ${vulkan.missing}: GPU tests in Node will say so (Debian: apt-get install libvulkan1 chromium)`);
}

if (wants('types')) await step('types', () => single('tsc', ['--noEmit']));
if (wants('lint')) await step('lint', () => single('oxlint', ['--type-aware', '--deny-warnings']));
if (wants('unit')) await step('unit tests', unit);
let built = true;
if (wants('build') || (wants('e2e') && whyBuild() !== null)) {
  built = await step('build', () => single('vite', ['build', '--logLevel', 'warn']));
  if (built) await step('bundle', () => single(process.execPath, [join(root, 'scripts', 'check-bundle.mjs')]));
}
if (wants('e2e')) {
  const notBuilt = () => {
    console.log('Not run: there is no build to test.');
    return { passed: 0, failed: 1, skipped: 0 };
  };
  await step('end to end', built ? endToEnd : notBuilt);
}

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`\n── summary ${'─'.repeat(53)}`);
for (const { title, seconds, passed, failed, skipped } of results) {
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  console.log(`${failed === 0 ? 'ok    ' : 'FAILED'} ${title.padEnd(12)} ${seconds.padStart(7)} s  ${counts}`);
}
process.exitCode = sum('failed') > 0 ? 1 : 0;
console.log(`${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`);
