/** The dataset of a run: a file, or the synthetic sample that the page makes. */
import { StudioError } from '../base/errors.ts';
import { readDataset, type ReadDataset } from '../data/intake.ts';
import { makeSample } from '../data/sample.ts';
import { openNamed } from './nodeFile.ts';
import type { Screen } from './screen.ts';

/** The page's seed, so that both train on the same pictures. */
const sampleSeed = 0;

/** @throws StudioError `data-missing`, `file-missing`, `file-unreadable`, and what intake refuses a file with */
export async function openData(source: string | null, screen: Screen): Promise<ReadDataset> {
  if (source === null) {
    throw new StudioError({
      code: 'data-missing',
      message: 'There is no dataset.',
      remedy: 'Give one with --data FILE.npz, or --data sample for the synthetic sample.',
    });
  }
  if (source === 'sample') return makeSample(sampleSeed);
  const file = await openNamed(source, 'dataset');
  const read = await readDataset(file, {
    onProgress: (stage, doneBytes, totalBytes) =>
      screen.transient(`${stage} of ${file.name}: ${Math.round((100 * doneBytes) / Math.max(1, totalBytes))} %`),
  });
  screen.clear();
  return read;
}
