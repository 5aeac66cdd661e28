/** The bench's report for the terminal: a table a case, with who is ahead of whom by how much. */
import { epochImages, type BenchReport, type CaseReport, type ContenderReport } from '../../bench/report.ts';
import { tilesText } from '../resultsTable.ts';
import { table } from '../table.ts';

export function reportText(report: BenchReport, kernels: boolean): string {
  const { adapter, build, commit, date, host, probes, software } = report;
  return [
    `${adapter}${software ? ' (software: the processor emulates a GPU)' : ''}; ${host}`,
    `${date.slice(0, 16).replace('T', ' ')} UTC, build ${build}${commit === null ? '' : `, commit ${commit}`}`,
    probes === null
      ? 'no probes'
      : `probes: ${fixed(probes.fmaGflops)} GFLOP/s fused multiply-add, ${fixed(probes.copyGigabytes)} GB/s copy`,
    '',
    ...report.cases.map((each) => caseText(each, kernels)),
  ].join('\n');
}

function caseText(report: CaseReport, kernels: boolean): string {
  const [ours] = report.contenders;
  const head = [
    '',
    'ms/step',
    'of ours',
    'images/s',
    'GFLOP/s',
    '% FMA',
    '% copy',
    'dispatches',
    'submits',
    'readbacks',
    'new buffers',
    'uploaded',
    'peak',
    'merging',
    'looking',
    'losses',
  ];
  const rows = report.contenders.map((each) => row(each, ours?.ms ?? each.ms, report));
  const times = kernels ? report.contenders.filter((each) => each.kernels !== null).map(kernelText) : [];
  return [
    `${report.case}: ${report.network}, ${fixed(report.gflopPerStep)} GFLOP and at least ${fixed(report.megabytesPerStep)} MB a step; losses of ${report.steps} steps held to ${report.reference}’s`,
    table([head, ...rows]),
    ...report.contenders.map(({ name, tiles, what }) => `  ${name}: ${what}${tilesText(tiles)}`),
    `  merging: every convolution once, of a step; looking: all that the page shows of an epoch, of an epoch of ${epochImages.toLocaleString('en')} images`,
    ...report.absent.map(({ name, why }) => `  ${name}: not measured (${why})`),
    '',
    ...times,
  ].join('\n');
}

function row(each: ContenderReport, oursMs: number, { reference }: CaseReport): string[] {
  const { counts } = each;
  const count = (value: number | null | undefined) => (value === undefined || value === null ? '' : fixed(value));
  return [
    each.name,
    fixed(each.ms),
    `${fixed(each.ms / oursMs)}×`,
    fixed(each.imagesPerSecond),
    fixed(each.gflops),
    count(each.percentOfFma),
    count(each.percentOfCopy),
    count(counts?.dispatches),
    count(counts?.submits),
    count(counts?.readbacks),
    count(counts?.newBuffers),
    counts === null ? '' : bytes(counts.uploadedBytes),
    each.peakBytes === null ? '' : bytes(each.peakBytes),
    each.merge === null ? '' : `${fixed(each.merge.percentOfStep)} %`,
    each.look === null ? '' : `${fixed(each.look.percentOfEpoch)} %`,
    each.name === reference
      ? 'reference'
      : `${each.agrees ? 'agree' : 'DIFFER: does not count'} (${each.lossDifference.toExponential(1)})`,
  ];
}

function kernelText({ kernels, name }: ContenderReport): string {
  const all = kernels ?? [];
  const total = all.reduce((sum, { ms }) => sum + ms, 0);
  const shown = all
    .slice(0, 20)
    .map((each) => [`  ${each.kernel}`, `${each.dispatches} ×`, `${fixed(each.ms)} ms`, `${fixed((100 * each.ms) / total)} %`]);
  return [`${name}, ${fixed(total)} ms in kernels:`, table(shown)].join('\n');
}

/** Three digits that count. */
function fixed(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return digits > 4
    ? value.toExponential(1)
    : value
        .toFixed(Math.min(digits, 4))
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
}

function bytes(value: number): string {
  if (value >= 1e9) return `${fixed(value / 1e9)} GB`;
  return value >= 1e6 ? `${fixed(value / 1e6)} MB` : `${fixed(value / 1e3)} kB`;
}
