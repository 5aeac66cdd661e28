/**
 * Right answers counted while training, on one backend: against PyTorch on the same weights and images, where PyTorch is
 * there to be asked, and where logits are equal against what NumPy's argmax takes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, threefry2x32, unit } from '../../base/threefry.ts';
import type { Task } from '../../data/dataset.ts';
import { openTestBackend, type TestBackend, type TestBackendName } from '../../gpu/testing/testBackend.ts';
import { buildNetwork } from '../../model/buildNetwork.ts';
import { initialWeights } from '../../model/initialWeights.ts';
import { parameters, type Network } from '../../model/network.ts';
import { stateDictPieces } from '../../model/stateDict.ts';
import type { NetworkSettings } from '../../recipe/recipe.ts';
import type { TapeTrainerOptions } from '../tapeTrainer.ts';
import type { Batch, Trainer } from '../trainer.ts';

export type CreateTrainer = (options: TapeTrainerOptions) => Promise<Trainer>;

const classes = 5;
const shape = [16, 16, 3] as const;
/** The last one smaller than the others. */
const sizes = [9, 9, 9, 4] as const;
const answersOf = (task: Task, size: number): number => size * (task === 'multi-label' ? classes : 1);

const cases: readonly { readonly task: Task; readonly settings: NetworkSettings }[] = [
  { task: 'multi-class', settings: { name: 'vgg8', batchNorm: true, widthMultiplier: 0.125, head: 'linear' } },
  { task: 'multi-label', settings: { name: 'vgg8', batchNorm: true, widthMultiplier: 0.125, head: 'linear' } },
];

const script = fileURLToPath(new URL('correct_answers.py', import.meta.url));
/** The system's own Python goes first: Debian's packages are installed for it alone. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const drawn = (stream: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => 2 * unit(threefry2x32(keyOf(stream), [0, at])[0]) - 1);

function batchOf(task: Task, number: number): Batch {
  const size = sizes[number] as number;
  const draws = drawn(200 + number, size * classes);
  const targets = new Float32Array(size * classes);
  if (task === 'multi-label') draws.forEach((draw, at) => (targets[at] = draw > 0.2 ? 1 : 0));
  else
    for (let image = 0; image < size; image++)
      targets[image * classes + Math.floor(((draws[image] as number) + 1) * classes * 0.4999)] = 1;
  return { size, inputs: drawn(100 + number, size * shape[0] * shape[1] * shape[2]), targets };
}

const batches = (task: Task): Batch[] => sizes.map((_, number) => batchOf(task, number));

/** Right answers of each batch of each case; null where there is no PyTorch. */
function askPyTorch(): number[][] | null {
  const root = mkdtempSync(`${tmpdir()}/right-answers-`);
  try {
    const folders = cases.map(({ settings, task }, at) => {
      const folder = `${root}/${at}`;
      const network = buildNetwork(settings, shape, classes);
      mkdirSync(folder);
      const told = batches(task).map(({ inputs, size, targets }) => ({ size, inputs: [...inputs], targets: [...targets] }));
      writeFileSync(`${folder}/case.json`, JSON.stringify({ network: settings, input: shape, classes, task, batches: told }));
      writeFileSync(
        `${folder}/weights.safetensors`,
        Buffer.concat(stateDictPieces(network, initialWeights(network, 'pytorch', 5))),
      );
      return folder;
    });
    const { status, stdout, stderr } = spawnSync(python, [script, ...folders], { encoding: 'utf8' });
    if (status === 0) return JSON.parse(stdout) as number[][];
    if (status === null || stderr.includes('ModuleNotFoundError')) return null;
    throw new Error(stderr);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const optimiser = { momentum: 0.9, weightDecay: 1e-3 };
const optionsOf = (network: Network, task: Task): TapeTrainerOptions => ({ network, task, optimiser, seed: 1, merging: null });

/** @param trainers by what tells them apart; all must count alike */
export function describeCorrectAnswers(backendName: TestBackendName, trainers: Readonly<Record<string, CreateTrainer>>): void {
  describe(`right answers counted on ${backendName}`, () => {
    let backend: TestBackend | null = null;
    let answers: number[][] | null = null;
    beforeAll(async () => {
      backend = await openTestBackend(backendName);
      if (backend !== null) answers = askPyTorch();
    });
    afterAll(async () => backend?.close());

    describe.each(Object.entries(trainers))('by %s', (_, create) => {
      test.for(cases.map(({ settings, task }, at) => ({ at, settings, task })))(
        'of $task, of every batch, the smaller last one too, as many as PyTorch’s',
        async ({ at, settings, task }, { skip }) => {
          if (backend === null) skip('INMERGE_NO_GPU=1');
          const theirs = answers?.[at];
          if (theirs === undefined) return skip('PyTorch is not installed');
          const network = buildNetwork(settings, shape, classes);
          const trainer = await create(optionsOf(network, task));
          await trainer.load(initialWeights(network, 'pytorch', 5));
          const found: number[] = [];
          for (const batch of batches(task)) {
            // A rate of 0: every batch meets the same weights.
            trainer.step(batch, 0, null);
            found.push((await trainer.takeLosses()).correct);
          }
          trainer.dispose();
          expect(found).toEqual(theirs);
          expect(new Set(found).size).toBeGreaterThan(1);
          found.forEach((correct, number) => expect(correct).toBeLessThan(answersOf(task, sizes[number] as number)));
        },
      );

      test.for(cases)(
        'of $task, of equal logits the first is the answer, and a probability of one half is a no',
        async (one, { skip }) => {
          if (backend === null) skip('INMERGE_NO_GPU=1');
          const network = buildNetwork(one.settings, shape, classes);
          const trainer = await create(optionsOf(network, one.task));
          // Without any weights all logits are 0.
          await trainer.load(
            new Map(parameters(network).map(({ name, shape: sides }) => [name, new Float32Array(sizeOf(sides))])),
          );
          const [batch] = batches(one.task) as [Batch];
          trainer.step(batch, 0, null);
          const { correct } = await trainer.takeLosses();
          trainer.dispose();
          const isNo = (_: number, at: number) => batch.targets[at] === 0;
          const zeros = [...batch.targets].filter(isNo).length;
          const firsts = [...batch.targets].filter((target, at) => at % classes === 0 && target === 1).length;
          expect(firsts).toBeGreaterThan(0);
          expect(correct).toBe(one.task === 'multi-label' ? zeros : firsts);
        },
      );

      test.for(cases)('of $task, steps taken together add up, while the weights change', async ({ settings, task }, { skip }) => {
        if (backend === null) skip('INMERGE_NO_GPU=1');
        const network = buildNetwork(settings, shape, classes);
        const counted = async (each: boolean) => {
          const trainer = await create(optionsOf(network, task));
          await trainer.load(initialWeights(network, 'pytorch', 5));
          let sum = 0;
          for (const number of [0, 1, 2, 0, 1, 2]) {
            trainer.step(batchOf(task, number), 0.05, null);
            if (each) sum += (await trainer.takeLosses()).correct;
          }
          sum += (await trainer.takeLosses()).correct;
          trainer.dispose();
          return sum;
        };
        const together = await counted(false);
        expect(together).toBeGreaterThan(0);
        expect(await counted(true)).toBe(together);
      });
    });
  });
}

const sizeOf = (sides: readonly number[]): number => sides.reduce((product, side) => product * side, 1);
