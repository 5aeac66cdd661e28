/** What an npz holds: its arrays by their headers, and, where it follows MedMNIST's convention, the dataset and its checks. */
import { countText, shown, sizeText } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import type { DatasetSummary } from '../data/dataset.ts';
import { readDataset } from '../data/intake.ts';
import { headOf } from '../data/member.ts';
import { npyHeadBytes, parseNpy } from '../data/npy.ts';
import { arraysOf } from '../data/npz.ts';
import { IntakeRefused } from '../data/problems.ts';
import { Source, type NamedBlob } from '../data/source.ts';
import { readZip, type ZipMember } from '../data/zip.ts';
import { problemLine } from './errorLine.ts';
import type { Screen } from './screen.ts';
import { table } from './table.ts';

/** @returns 1 where it is meant as a dataset and cannot be used as one, every problem told */
export async function inspectNpz(file: NamedBlob, screen: Screen): Promise<number> {
  const source = new Source(file);
  const contents = await readZip(source);
  const rows = await Promise.all(contents.members.map((member) => memberRow(source, member)));
  const title = `${shown(file.name)}: npz of ${contents.members.length} arrays, ${sizeText(file.size)}`;
  process.stdout.write(`${title}\n\n${table([['array', 'dtype', 'shape', 'stored as'], ...rows])}\n`);
  if (arraysOf(contents).known.size === 0) {
    process.stdout.write('Not a dataset: none of the arrays has a name that MedMNIST’s convention knows.\n');
    return 0;
  }
  try {
    const { summary } = await readDataset(file);
    process.stdout.write(summaryText(summary));
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof IntakeRefused)) throw thrown;
    for (const problem of thrown.problems) screen.line(problemLine(problem));
    return 1;
  }
}

async function memberRow(source: Source, member: ZipMember): Promise<string[]> {
  const stored = `${member.method}, ${sizeText(member.compressedBytes)} of ${sizeText(member.sizeBytes)}`;
  try {
    const { dtype, shape } = parseNpy(await headOf(source, member, npyHeadBytes), member.name, member.sizeBytes, source.name);
    return [
      shown(member.name.replace(/\.npy$/, '')),
      dtype.name,
      `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`,
      stored,
    ];
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown;
    return [shown(member.name), '-', thrown.code, stored];
  }
}

function summaryText(summary: DatasetSummary): string {
  const { channels, checks, classCounts, classNames, counts, height, licence, md5, name, sha256, source, task, title, width } =
    summary;
  const facts = [
    ['dataset', `${name} (${title})`],
    ['task', `${task}, ${classNames.length} classes`],
    ['images', `${height} x ${width} x ${channels}`],
    [
      'split',
      `train ${countText(counts.train)}, val ${countText(counts.val)}, test ${counts.test === null ? 'none' : countText(counts.test)}`,
    ],
    ['sha256', sha256],
    ...(md5 === null ? [] : [['md5', md5]]),
    ...(source === null ? [] : [['source', source]]),
    ...(licence === null ? [] : [['licence', licence]]),
  ];
  const classes = classNames.map((className, at) => [
    shown(className),
    ...[classCounts.train, classCounts.val, classCounts.test].map((split) => (split === null ? '-' : String(split[at] ?? 0))),
  ]);
  const lines = checks.map(({ level, text, effect }) => `${level.padEnd(6)}  ${text}${effect === undefined ? '' : ` ${effect}`}`);
  return `${table(facts)}\n${table([['class', 'train', 'val', 'test'], ...classes])}\n${lines.join('\n')}\n`;
}
