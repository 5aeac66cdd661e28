import { expect, test } from 'vitest';
import { latex } from './latex.ts';
import { csvCell, markup, number, tableCsv, tableHtml, tableLatex, text, type Table } from './table.ts';

const hostile = '<script>alert("x")</script> & 50 % of $x_1^{2}$ \\input{/etc/passwd}\n#~|';
const table: Table = {
  id: 'odd',
  title: hostile,
  notes: [],
  columns: [
    { name: hostile, numeric: false },
    { name: 'n', numeric: true },
  ],
  rows: [[text(hostile), number(-0.123456789, (value) => value.toFixed(2))]],
  foot: [[text('none'), number(null, String)]],
};

test('names of a file are text in HTML and never markup', () => {
  const html = tableHtml(table);
  expect(html).not.toMatch(/<script|alert\("/);
  expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)');
  expect(markup('a\u0000\u000b\ud800b')).toBe('ab');
});

test('names of a file are text in LaTeX and never commands', () => {
  const tex = tableLatex(table);
  expect(tex).not.toContain('\\input');
  expect(tex).toContain('\\textbackslash{}input\\{/etc/passwd\\}');
  expect(latex('50 % & a_b ± −1 τ')).toBe('50 \\% \\& a\\_b $\\pm$ $-$1 $\\tau$');
});

test('CSV keeps full precision, quotes what it must, and makes no formula', () => {
  const [, row, foot] = tableCsv({
    ...table,
    columns: [
      { name: 'a', numeric: false },
      { name: 'b', numeric: true },
    ],
    rows: [[text('a "b", c'), number(-0.123456789, String)]],
  }).split('\n');
  expect(row).toBe('"a ""b"", c",-0.123456789');
  expect(foot).toBe('none,');
  expect(csvCell('=HYPERLINK("http://x")')).toBe('"\'=HYPERLINK(""http://x"")"');
  expect(csvCell("-1+cmd|' /C calc'!A0")).toBe("'-1+cmd|' /C calc'!A0");
  expect(csvCell('+1;=2')).toBe("'+1;=2");
  expect([csvCell('@sum'), csvCell('-x'), csvCell('-1.5'), csvCell('+3')]).toEqual(["'@sum", "'-x", '-1.5', '+3']);
});

test('what a column says again is in the CSV alone', () => {
  const twice: Table = {
    ...table,
    columns: [
      { name: 'ACC', numeric: true },
      { name: 'ACC std', numeric: true, again: true },
      { name: 'AUC', numeric: true },
    ],
    rows: [[text('90 ± 2'), number(2.5, String), text('0.97')]],
    foot: [],
  };
  expect(tableCsv(twice)).toBe('ACC,ACC std,AUC\n90 ± 2,2.5,0.97\n');
  for (const read of [tableHtml(twice), tableLatex(twice)]) {
    expect(read).toContain('0.97');
    expect(read).not.toMatch(/ACC std|2\.5/);
  }
});
