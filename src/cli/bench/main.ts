/**
 * The bench's entry (`npm run bench`): the same training step in our trainers and in others', in turns on one GPU. Prints a
 * table, or writes JSON. Its exit code is 1 where a contender's losses are not those of the others, or nobody could run.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { build } from '../../base/build.ts';
import { StudioError } from '../../base/errors.ts';
import { parseCase, type BenchCase } from '../../bench/benchCase.ts';
import { contenderNames, type ContenderName } from '../../bench/contender.ts';
import { GpuLedger } from '../../bench/ledger.ts';
import { probeAdapter } from '../../bench/probes.ts';
import { adapterName, type BenchReport, type CaseReport } from '../../bench/report.ts';
import { runCase } from '../../bench/runCase.ts';
import { isSoftware } from '../../gpu/webgpu.ts';
import { findDawn, offerGpu } from '../dawn.ts';
import { errorLine } from '../errorLine.ts';
import { stderrScreen } from '../screen.ts';
import { closeOpeners, openersOf } from './openers.ts';
import { reportText } from './reportText.ts';

const usage = `Usage: npm run bench -- [options]

Times one training step (forward, loss, backward, SGD) of the same network, weights and batches in the studio's trainers
and in others, in turns on one GPU, and holds their losses to each other.

  --case NAME    NETWORK@SIDExBATCH, e.g. vgg8_bn@28x64; repeatable. Left out: vgg8_bn@28x64.
  --peer NAME    Who is measured besides ours; repeatable. Left out: everyone who can be had.
                 ${contenderNames.join(', ')}
  --steps N      Steps whose losses are compared, at least 3. Left out: 20.
  --json FILE    Writes all of it as JSON; “-” is the standard output.
  --python PATH  The Python that has PyTorch. Left out: python3, /usr/bin/python3.
  --tiles NAME   How our kernels are cut, e.g. 64x64x16; auto measures first. Left out: default.
  --kernels      Lists the time of each kernel too.
  --times-only   Leaves counts, kernels, merging and looking out: for cases of minutes a step.
  --help         This text.
`;

interface Wanted {
  readonly cases: readonly BenchCase[];
  readonly names: readonly ContenderName[];
  readonly steps: number;
  readonly json: string | null;
  readonly python: string | null;
  /** Null measures. */
  readonly tiles: string | null;
  readonly kernels: boolean;
  readonly timesOnly: boolean;
}

function read(args: readonly string[]): Wanted | null {
  const many = { type: 'string', multiple: true } as const;
  const one = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: many,
      peer: many,
      steps: one,
      json: one,
      python: one,
      tiles: one,
      kernels: { type: 'boolean' },
      'times-only': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return null;
  const unknown = values.peer?.find((name) => !(contenderNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw refused(`There is no contender “${unknown}”.`, `Contenders: ${contenderNames.join(', ')}.`);
  const steps = Number(values.steps ?? 20);
  if (!Number.isInteger(steps) || steps < 3 || steps > 1000)
    throw refused(`--steps ${values.steps} is no number of steps.`, '3 to 1000.');
  return {
    cases: (values.case ?? ['vgg8_bn@28x64']).map(parseCase),
    names: contenderNames.filter((name) => values.peer === undefined || name === 'compiled' || values.peer.includes(name)),
    steps,
    json: values.json ?? null,
    python: values.python ?? null,
    tiles: values.tiles === 'auto' ? null : (values.tiles ?? 'default'),
    kernels: values.kernels === true,
    timesOnly: values['times-only'] === true,
  };
}

const refused = (message: string, remedy: string) => new StudioError({ code: 'bench-option', message, remedy });

async function main(args: readonly string[]): Promise<number> {
  const wanted = read(args);
  if (wanted === null) {
    process.stdout.write(usage);
    return 0;
  }
  const screen = stderrScreen();
  const dawn = await findDawn({ emulated: true });
  if (dawn === null)
    throw refused('Dawn found no Vulkan driver.', 'Name one in VK_ICD_FILENAMES, or install your graphics card’s.');
  const { info } = dawn.adapter;
  const software = isSoftware(info);
  const ledger = new GpuLedger();
  offerGpu(ledger.watched(dawn.gpu));
  const cases: CaseReport[] = [];
  try {
    screen.transient('probing the device');
    const probes = await probeAdapter(dawn.gpu, software);
    for (const benchCase of wanted.cases) {
      const openers = openersOf(wanted.names, { python: wanted.python, tiles: wanted.tiles });
      cases.push(
        await runCase(benchCase, openers, {
          steps: wanted.steps,
          timesOnly: wanted.timesOnly,
          probes,
          roundMs: 500,
          ledger,
          tell: screen.transient,
          stopped: () => false,
        }),
      );
    }
    const report: BenchReport = {
      format: 'inmerge-bench-1',
      date: new Date().toISOString(),
      build,
      commit: commit(),
      adapter: adapterName(info),
      software,
      host: `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${process.platform}, Node ${process.versions.node}`,
      probes,
      cases,
    };
    screen.clear();
    const json = `${JSON.stringify(report, null, 1)}\n`;
    if (wanted.json === '-') process.stdout.write(json);
    else {
      if (wanted.json !== null) writeFileSync(wanted.json, json);
      process.stdout.write(reportText(report, wanted.kernels));
    }
  } finally {
    screen.clear();
    closeOpeners();
    offerGpu(null);
  }
  const sound = cases.every(({ contenders }) => contenders.length > 0 && contenders.every(({ agrees }) => agrees));
  return sound ? 0 : 1;
}

/** Said by the pack; null outside a checkout. */
function commit(): string | null {
  const packed = process.env['INMERGE_COMMIT'];
  if (packed !== undefined) return packed;
  try {
    const said = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return said.trim();
  } catch {
    return null;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${thrown instanceof TypeError ? thrown.message : errorLine(thrown)}\n`);
  process.exitCode = 1;
}
