/** The same refusals, the same datasets and the same sample in a browser as in Node. */
import { expect, it } from 'vitest';
import { IntakeRefused, readDataset } from './intake.ts';
import { makeSample } from './sample.ts';
import { badFiles } from './testing/badFiles.ts';
import { fileOf, npz } from './testing/build.ts';
import { goodFiles } from './testing/goodFiles.ts';
import { sampleSha256 } from './testing/sampleSha256.ts';

it('every bad file is refused with its code, as in Node', async () => {
  const wrong: string[] = [];
  for (const { row, name, code, bytes } of badFiles()) {
    const thrown: unknown = await readDataset(fileOf(bytes)).catch((cause: unknown) => cause);
    const found = thrown instanceof IntakeRefused ? thrown.code : 'accepted';
    if (found !== code) wrong.push(`row ${row}: ${name} gave ${found} in place of ${code}`);
  }
  expect(wrong).toEqual([]);
});

it('every unusual good file gives the same dataset as the plain one', async () => {
  const plain = (await readDataset(fileOf(npz()))).dataset.splits;
  for (const { bytes } of goodFiles()) expect((await readDataset(fileOf(bytes))).dataset.splits).toEqual(plain);
});

it('the sample of seed 0 is the same bytes as in Node', async () => {
  expect((await makeSample(0)).dataset.sha256).toBe(sampleSha256);
});
