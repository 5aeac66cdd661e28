/** MedMNIST's published ResNet-18 scores against the official labels: the evaluator's numbers stand in the file names. */
import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { goldenFile } from '../base/testing/golden.ts';
import { readDataset } from '../data/intake.ts';
import { accuracy, auc } from './metrics.ts';

const dataFolder = process.env['DATA_DIR'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** Full digits as medmnist's own evaluator gives them for these files. */
const cases = [
  ['breastmnist', 'breastmnist_test_[AUC]0.913_[ACC]0.846@resnet18_224_1.csv', 0.9129072681704261, 0.8461538461538461],
  ['pneumoniamnist', 'pneumoniamnist_test_[AUC]0.964_[ACC]0.867@resnet18_224_2.csv', 0.9640203813280737, 0.8669871794871795],
] as const;

describe.each(cases)('the official scores of %s', (name, file, expectedAuc, expectedAccuracy) => {
  const scoresPath = `${goldenFile('..')}/scores/${file}`;
  const dataPath = `${dataFolder}/${name}.npz`;

  it.skipIf(!existsSync(scoresPath) || !existsSync(dataPath))(
    'give the AUC and ACC of their file name, to the last digit',
    async () => {
      const blob = Object.assign(await openAsBlob(dataPath), { name: `${name}.npz` });
      const { dataset } = await readDataset(blob);
      const lines = readFileSync(scoresPath, 'utf8').trim().split('\n');
      const score = Float64Array.from(lines.flatMap((line) => line.split(',').slice(1).map(Number)));
      const labels = dataset.splits.test?.labels ?? new Uint16Array();
      const classes = dataset.classNames.length;
      expect(score.length).toBe(labels.length * classes);
      expect(auc(score, labels, classes, dataset.task)).toBeCloseTo(expectedAuc, 12);
      expect(accuracy(score, labels, classes, dataset.task)).toBeCloseTo(expectedAccuracy, 12);
    },
  );
});
