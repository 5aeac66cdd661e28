/** Every LaTeX file of a report, compiled by pdflatex in a plain document, with names that mean harm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { joined } from '../base/bytes.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { latex } from './latex.ts';
import { reportFiles } from './reportFiles.ts';
import { Study } from './study.ts';
import { runTiny } from './testing/tinyStudy.ts';

const folder = process.env['LATEX_DIR'] ?? mkdtempSync(join(tmpdir(), 'inmerge-latex-'));
afterAll(() => {
  if (process.env['LATEX_DIR'] === undefined) rmSync(folder, { recursive: true, force: true });
});
const hasPdflatex = spawnSync('pdflatex', ['--version']).status === 0;

/** What a file may call its classes: signs with a meaning in LaTeX, beginnings of rows, letters of all kinds. */
const classNames = ['[50 %] of {a_b} & $x^2$ #~| \\input{x} "q" <y>', '*Übergröße, łódź, ĐĄ, 细胞, τ–β ≥ ½ µm 🙂 ﬁ Å ə'];

function named(results: ResultsFile): ResultsFile {
  const history = results.history.map((event) =>
    event.at === 'test-split'
      ? { ...event, classNames }
      : event.at === 'started' && event.data !== undefined
        ? { ...event, data: { ...event.data, classNames } }
        : event,
  );
  return { ...results, history };
}

test('text is written with what a plain document has', () => {
  expect(latex('Ü ł Đ 细 τ ½ ﬁ [x]')).toBe('Ü ł {[}U+0110] {[}U+7EC6] $\\tau$ 1/2 fi {[}x]');
});

test('every table and figure compiles, in a document with no more than the packages that they name', async (context) => {
  if (!hasPdflatex) return context.skip('There is no pdflatex here.');
  const files = reportFiles(new Study(named(await runTiny())), 'a build').filter(({ path }) => path.endsWith('.tex'));
  for (const { path, pieces } of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), joined(pieces));
  }
  const whole = [
    '\\documentclass{article}\n\\usepackage{booktabs}\n\\usepackage{graphicx}\n',
    '\\usepackage{pgfplots} \\pgfplotsset{compat=1.16} \\usepgfplotslibrary{fillbetween}\n',
    '\\begin{document}\n',
    ...files.map(({ path }) => `\\input{${path}}\\clearpage\n`),
    '\\end{document}\n',
  ].join('');
  writeFileSync(join(folder, 'all.tex'), whole);
  const compile = () =>
    execFileSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'all.tex'], { cwd: folder, stdio: 'pipe' });
  expect(compile).not.toThrow();
  const log = readFileSync(join(folder, 'all.log'), 'latin1');
  expect(log).not.toMatch(/^!|Missing character|undefined|Overfull/m);
  expect(log).toContain(`(${files.length} page`);
});
