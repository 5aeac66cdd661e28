/**
 * Grad-CAM on one backend against PyTorch's autograd, where PyTorch is there to be asked, and against finite differences,
 * which need no one else's word.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, threefry2x32, unit } from '../../base/threefry.ts';
import { openTestBackend, type TestBackend, type TestBackendName } from '../../gpu/testing/testBackend.ts';
import { tf } from '../../gpu/tfjs.ts';
import { buildNetwork } from '../../model/buildNetwork.ts';
import { initialWeights, type Weights } from '../../model/initialWeights.ts';
import { parameters, type Network, type Shape } from '../../model/network.ts';
import { stateDictPieces } from '../../model/stateDict.ts';
import type { NetworkSettings } from '../../recipe/recipe.ts';
import { Classifier } from '../classifier.ts';
import { along } from '../forward.ts';
import { cutAfterLastConvolution } from '../gradCam.ts';

const classes = 4;
const cases: readonly { readonly settings: NetworkSettings; readonly input: Shape }[] = [
  { settings: { name: 'vgg8', batchNorm: true, widthMultiplier: 0.5, head: 'linear' }, input: [28, 28, 3] },
  { settings: { name: 'vgg11', batchNorm: false, widthMultiplier: 0.125, head: 'linear' }, input: [64, 64, 1] },
  { settings: { name: 'resnet18', batchNorm: true, widthMultiplier: 0.125, head: 'linear' }, input: [28, 28, 3] },
];

const script = fileURLToPath(new URL('grad_cam.py', import.meta.url));
/** The system's own Python goes first: Debian's packages are installed for it alone. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

interface FromPyTorch {
  readonly logits: readonly number[];
  readonly maps: readonly (readonly (readonly number[])[])[];
}

const drawn = (stream: number, length: number, low: number, high: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => low + (high - low) * unit(threefry2x32(keyOf(stream), [0, at])[0]));

/** As after some training: no statistic at its start. */
function drawnWeights(network: Network): Weights {
  const weights = initialWeights(network, 'he', 5);
  parameters(network).forEach(({ layer, name, role }, at) => {
    const values = weights.get(name) as Float32Array;
    if (layer.kind === 'linear' && role === 'weight') weights.set(name, drawn(at, values.length, -1, 1));
    else if (role === 'runningVar') weights.set(name, drawn(at, values.length, 0.5, 1.5));
    else if (layer.kind === 'batchNorm' || role === 'bias') weights.set(name, drawn(at, values.length, -0.2, 1));
  });
  return weights;
}

const drawnCases = () =>
  cases.map(({ settings, input: shape }) => {
    const network = buildNetwork(settings, shape, classes);
    return { settings, network, weights: drawnWeights(network), input: drawn(77, shape[0] * shape[1] * shape[2], -1, 1) };
  });

/** One answer a case, in one call, since PyTorch takes seconds to load; null where there is none. */
function askPyTorch(asked: ReturnType<typeof drawnCases>): FromPyTorch[] | null {
  const root = mkdtempSync(`${tmpdir()}/grad-cam-`);
  try {
    const folders = asked.map(({ settings, network, weights, input }, at) => {
      const folder = `${root}/${at}`;
      mkdirSync(folder);
      writeFileSync(`${folder}/case.json`, JSON.stringify({ network: settings, input: network.input, classes }));
      writeFileSync(`${folder}/input.json`, JSON.stringify([...input]));
      writeFileSync(`${folder}/weights.safetensors`, Buffer.concat(stateDictPieces(network, weights)));
      return folder;
    });
    const { status, stdout, stderr } = spawnSync(python, [script, ...folders], { encoding: 'utf8' });
    if (status === 0) return JSON.parse(stdout) as FromPyTorch[];
    if (status === null || stderr.includes('ModuleNotFoundError')) return null;
    throw new Error(stderr);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Maps and logits of three families of networks. */
export function describePyTorchsGradCam(backendName: TestBackendName): void {
  describe(`Grad-CAM on ${backendName}`, () => {
    let backend: TestBackend | null = null;
    let answers: FromPyTorch[] | null = null;
    const asked = drawnCases();
    beforeAll(async () => {
      backend = await openTestBackend(backendName);
      if (backend !== null) answers = askPyTorch(asked);
    });
    afterAll(async () => backend?.close());

    asked.forEach(({ settings, network, weights, input }, at) => {
      test(`${settings.name}: maps and logits are PyTorch's`, async ({ skip }) => {
        if (backend === null) skip('INMERGE_NO_GPU=1');
        const theirs = answers?.[at];
        if (theirs === undefined) return skip('PyTorch is not installed');
        const classifier = new Classifier(network, 'multi-label', weights);
        const tensors = tf.memory().numTensors;
        try {
          // A sigmoid undone gives the logit.
          const logits = [...(await classifier.scores(input))].map((score) => Math.log(score / (1 - score)));
          logits.forEach((logit, k) => expect(logit).toBeCloseTo(theirs.logits[k] as number, 4));
          const peaks = theirs.maps.map((map) => Math.max(...map.flat()));
          expect(Math.max(...peaks)).toBeGreaterThan(0.01);
          for (let k = 0; k < classes; k++) {
            const { height, width, map } = await classifier.gradCam(input, k);
            const expected = theirs.maps[k] as readonly (readonly number[])[];
            expect([height, width]).toEqual([expected.length, expected[0]?.length]);
            const apart = expected.flat().map((value, position) => Math.abs(value - (map[position] as number)));
            expect(Math.max(...apart)).toBeLessThan(1e-5 + 1e-4 * (peaks[k] as number));
          }
          expect(tf.memory().numTensors).toBe(tensors);
        } finally {
          classifier.dispose();
        }
      });
    });
  });
}

/** Needs nobody else's word. */
export function describeFiniteDifferences(backendName: TestBackendName): void {
  describe(`Grad-CAM by finite differences on ${backendName}`, () => {
    let backend: TestBackend | null = null;
    beforeAll(async () => {
      backend = await openTestBackend(backendName);
    });
    afterAll(async () => backend?.close());

    test('the weight of a channel is how fast the logit grows with it, by finite differences', async ({ skip }) => {
      if (backend === null) skip('INMERGE_NO_GPU=1');
      const shape: Shape = [16, 16, 1];
      const network = buildNetwork({ name: 'vgg8', batchNorm: true, widthMultiplier: 0.25, head: 'linear' }, shape, classes);
      const weights = drawnWeights(network);
      const input = drawn(78, 256, -1, 1);
      const classifier = new Classifier(network, 'multi-class', weights);
      const { height, width, map } = await classifier.gradCam(input, 2);
      classifier.dispose();

      const { features, head } = cutAfterLastConvolution(network);
      const arrays = new Map(
        parameters(network).map(({ name, shape: sides }) => [name, tf.tensor(weights.get(name) as Float32Array, [...sides])]),
      );
      const activations = along(features, arrays, tf.tensor4d(input, [1, ...shape]), null);
      const channels = activations.shape[3];
      const values = await activations.data<'float32'>();
      const logitWith = async (raised: number, channel: number) => {
        const moved = Float32Array.from(values, (value, at) => value + (at % channels === channel ? raised : 0));
        const logits = along(head, arrays, tf.tensor4d(moved, activations.shape), null);
        return (await logits.data<'float32'>())[2] as number;
      };
      const step = 0.5;
      const sums = new Float64Array(height * width);
      for (let channel = 0; channel < channels; channel++) {
        const slope = ((await logitWith(step, channel)) - (await logitWith(0, channel))) / step / (height * width);
        sums.forEach((_, at) => (sums[at] = (sums[at] as number) + slope * (values[at * channels + channel] as number)));
      }
      sums.forEach((sum, at) => expect(map[at]).toBeCloseTo(Math.max(0, sum), 4));
      expect(Math.max(...map)).toBeGreaterThan(0.01);
      for (const array of [...arrays.values(), activations]) array.dispose();
    });
  });
}
