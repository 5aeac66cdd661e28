/** Start weights from a file, in the real worker with the browser's real storage: given once, kept, and asked for when gone. */
import { afterEach, expect, it } from 'vitest';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import { sample } from '../recipe/presets.ts';
import type { NetworkSettings, Recipe } from '../recipe/recipe.ts';
import type { WorkerEvent } from './protocol.ts';
import { Conversation, isEvent } from './testing/conversation.ts';

const plain: NetworkSettings = { ...sample.network, batchNorm: false, widthMultiplier: 0.25 };
const network = buildNetwork(plain, [28, 28, 3], 8);
const file = () => new File(stateDictPieces(network, initialWeights(network, 'he', 9)), 'plain.safetensors');
const recipe = (seed: number): Recipe => ({
  ...sample,
  name: 'start files',
  dataset: { ...sample.dataset, take: { train: 16, val: 8, test: 8 } },
  network: { ...sample.network, widthMultiplier: 0.25 },
  optimiser: { ...sample.optimiser, batchSize: 8 },
  backbone: { epochs: 1, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 1, learningRate: 0.01, schedule: { kind: 'constant' } },
  merging: { ...sample.merging, firstLayer: 2, tau: 0, p: 0.5 },
  seeds: [seed],
  sweep: { network: [{ ...plain, start: { from: 'file', name: 'plain.safetensors', sha256: null, distribution: 'he' } }] },
});
const base = 'vgg8-w0.25_from-plain';

let talk: Conversation;
afterEach(() => talk.end());

async function give(): Promise<void> {
  const from = talk.said.length;
  talk.send({ do: 'archive', id: 1, request: { what: 'give-weights', file: file() } });
  await talk.until((event) => event.say === 'archived' && event.answer.what === 'give-weights', from);
}

/** Gone on with, by a worker that was given nothing; the refusal's code, or the runs that it ended with. */
async function resumed(id: string): Promise<string | readonly (string | undefined)[]> {
  const from = talk.said.length;
  talk.send({ do: 'resume-experiment', id });
  const fits = (event: (typeof talk.said)[number]) => event.say === 'failed' || isEvent('finished')(event);
  const end = await talk.until(fits, from);
  if (end.say === 'failed') return end.error.code;
  return talk.events().flatMap((event) => (event.at === 'result' ? [event.run.base] : []));
}

it(
  'an experiment on two networks keeps the file that one of them starts from, and resumes with it, or asks for it where it is gone',
  { timeout: 180_000 },
  async () => {
    talk = new Conversation();
    await talk.ready('webgpu');
    talk.send({ do: 'start', recipe: recipe(71) });
    const refused = await talk.until((event) => event.say === 'failed');
    expect(refused).toMatchObject({ error: { code: 'start-file-missing', details: [{ where: 'plain.safetensors' }] } });

    await give();
    const from = talk.said.length;
    talk.send({ do: 'start', recipe: recipe(71) });
    await talk.until((event) => event.say === 'experiment' && event.event.at === 'result', from);
    talk.send({ do: 'stop' });
    await talk.until(isEvent('stopped'), from);
    const started = talk.events().find((event) => event.at === 'started');
    expect(started?.at === 'started' && started.bases?.map((each) => each.base)).toEqual([null, base]);
    // Other tests keep their experiments in the same storage.
    const own = (event: WorkerEvent) =>
      event.say === 'experiments' ? event.list.find(({ name }) => name === 'start files') : undefined;
    const id = own(await talk.until((event) => own(event) !== undefined, from))?.id ?? '';
    talk.end();

    const root = await navigator.storage.getDirectory();
    const kept = await root.getDirectoryHandle('start-weights');
    const names: string[] = [];
    for await (const name of kept.keys()) names.push(name);
    expect(names).toHaveLength(1);
    const bytes = await (await (await kept.getFileHandle(names[0] as string)).getFile()).arrayBuffer();
    expect(new Uint8Array(bytes)).toEqual(new Uint8Array(await file().arrayBuffer()));

    // Elsewhere, or cleared by the browser: the resume asks for it.
    await kept.removeEntry(names[0] as string);
    talk = new Conversation();
    await talk.ready('webgpu');
    expect(await resumed(id)).toBe('start-file-missing');
    await give();
    expect(await resumed(id)).toEqual([undefined, undefined, undefined, base, base, base]);
  },
);
