/**
 * A table as data, and as CSV, LaTeX (booktabs) and HTML. What stands in a cell is decided once; how it is written differs.
 * Names come from files and recipes and are hostile until they are escaped here.
 */
import { latex } from './latex.ts';

export interface Cell {
  /** As a reader sees it. */
  readonly text: string;
  /** In full precision and in the unit that the column's name says, for CSV. Left out: the text. */
  readonly value?: number | null;
}

export interface Column {
  readonly name: string;
  readonly numeric: boolean;
  /** Says alone what another column says with more: CSV has it, what people read leaves it out. */
  readonly again?: true;
}

export interface Table {
  /** Part of a file name, e.g. `table2`. */
  readonly id: string;
  readonly title: string;
  /** Sentences below the table: what the numbers are, and what they settle. */
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that sum up: set apart by a line. */
  readonly foot: readonly (readonly Cell[])[];
}

export const text = (value: string): Cell => ({ text: value });
export const number = (value: number | null, write: (value: number) => string): Cell =>
  value === null ? { text: '–', value: null } : { text: write(value), value };

/** A share, shown and kept in percent (or a difference of shares, in percentage points). */
export const percent = (share: number | null, write: (value: number) => string): Cell =>
  number(share === null ? null : 100 * share, write);

/** Numbers unrounded, a cell without one empty. */
export function tableCsv({ columns, rows, foot }: Table): string {
  const lines = [columns.map(({ name }) => name), ...[...rows, ...foot].map((row) => row.map(plain))];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

const plain = ({ text: shown, value }: Cell): string =>
  value === undefined ? (shown === '–' ? '' : shown) : value === null ? '' : String(value);

/** Quoted where it must be; a text that a spreadsheet would take for a formula is made a text. */
export function csvCell(value: string): string {
  const safe = /^[=+@\t\r-]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The table without the columns that are there for CSV alone. */
export function asRead(table: Table): Table {
  const told = <T>(cells: readonly T[]) => cells.filter((_, at) => table.columns[at]?.again !== true);
  return { ...table, columns: told(table.columns), rows: table.rows.map(told), foot: table.foot.map(told) };
}

/** A `table` environment for the booktabs package, made smaller where it is wider than the line. */
export function tableLatex(table: Table): string {
  const { id, title, notes, columns, rows, foot } = asRead(table);
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\\n`;
  const body = (cells: readonly (readonly Cell[])[]) => cells.map((row) => line(row.map((cell) => latex(cell.text)))).join('');
  const places = columns.map(({ numeric }) => (numeric ? 'r' : 'l'));
  return [
    '% needs \\usepackage{booktabs} \\usepackage{graphicx}\n',
    '\\begin{table}\n  \\centering\n',
    `  \\caption{${latex([title, ...notes].map(sentence).join(' '))}}\n`,
    `  \\label{tab:${id}}\n  \\medskip\n`,
    `  \\sbox0{\\begin{tabular}{${places.join('')}}\n    \\toprule\n`,
    line(columns.map(({ name }) => latex(name))),
    '    \\midrule\n',
    body(rows),
    foot.length === 0 ? '' : `    \\midrule\n${body(foot)}`,
    '    \\bottomrule\n  \\end{tabular}}%\n',
    '  \\ifdim\\wd0>\\linewidth \\resizebox{\\linewidth}{!}{\\usebox0}\\else \\usebox0\\fi\n\\end{table}\n',
  ].join('');
}

const sentence = (value: string): string => (/[.!?]$/.test(value) ? value : `${value}.`);

export function tableHtml(table: Table): string {
  const { id, title, notes, columns, rows, foot } = asRead(table);
  const row = (cells: readonly Cell[]) =>
    `<tr>${cells.map((cell, at) => (at === 0 ? `<th scope="row">${markup(cell.text)}</th>` : `<td${columns[at]?.numeric === true ? ' class="num"' : ''}>${markup(cell.text)}</td>`)).join('')}</tr>\n`;
  return [
    `<section id="${markup(id)}">\n<h2>${markup(title)}</h2>\n<div class="scroll"><table>\n<thead><tr>`,
    columns.map(({ name, numeric }) => `<th scope="col"${numeric ? ' class="num"' : ''}>${markup(name)}</th>`).join(''),
    '</tr></thead>\n<tbody>\n',
    rows.map(row).join(''),
    '</tbody>\n',
    foot.length === 0 ? '' : `<tfoot>\n${foot.map(row).join('')}</tfoot>\n`,
    '</table></div>\n',
    notes.map((note) => `<p class="note">${markup(note)}</p>\n`).join(''),
    '</section>\n',
  ].join('');
}

/** Any text inside HTML or XML, attributes included. Characters that XML has no place for are left out. */
export const markup = (value: string): string =>
  value
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
