/** The training worker in a real browser: real device, real thread, the protocol as the page speaks it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sample as sampleRecipe } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { WorkerEvent } from './protocol.ts';
import { Conversation, isEvent } from './testing/conversation.ts';

const tiny: Recipe = {
  ...sampleRecipe,
  dataset: { ...sampleRecipe.dataset, take: { train: 16, val: 8, test: 8 } },
  network: { ...sampleRecipe.network, widthMultiplier: 0.25 },
  optimiser: { ...sampleRecipe.optimiser, batchSize: 8 },
  backbone: { epochs: 1, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 2, learningRate: 0.01, schedule: { kind: 'constant' } },
  merging: { ...sampleRecipe.merging, firstLayer: 2, tau: 0, p: 0.5 },
};

describe('the training worker in a browser', () => {
  let talk: Conversation;
  afterEach(() => talk.end());

  it.each(['webgpu', 'webgl', 'wasm'] as const)(
    'trains both arms on %s, merges, tests, and holds its tensors constant',
    { timeout: 180_000 },
    async (device) => {
      talk = new Conversation();
      await talk.ready(device);
      talk.send({ do: 'watch-layer', layer: 3 });
      talk.send({ do: 'start', recipe: tiny });
      await talk.until(isEvent('finished'));
      const results = talk.events().flatMap((event) => (event.at === 'result' ? [event] : []));
      expect(results.map((event) => event.run.arm)).toEqual([null, 'baseline', 'inmerge']);
      for (const result of results) expect(result.test?.accuracy).toBeGreaterThanOrEqual(0);
      expect(results[1]?.merges).toBe(0);
      expect(results[2]?.merges).toBeGreaterThan(0);
      // Of 16 training images an epoch; epoch 0 trained on none.
      const told = talk.events().flatMap((event) => (event.at === 'epoch' ? [event] : []));
      for (const { epoch, trainAccuracy } of told)
        expect((trainAccuracy ?? -1) * 16).toBeOneOf(epoch === 0 ? [-16] : Array.from({ length: 17 }, (_, right) => right));
      expect(told).toHaveLength(1 + 2 * 3);
      const similarities = talk.events().filter((event) => event.at === 'similarity');
      expect(similarities.length).toBe(1 + 2 + 4);
      // Two epochs of both arms and the backbone's one, which is every arm's epoch 0.
      const of = { seed: 0, arm: 'inmerge', epoch: 0 };
      talk.send({ do: 'read-kernels', id: 7, of, layer: 0 });
      const answer = await talk.until((event) => event.say === 'kernels' && event.id === 7);
      expect(answer.say === 'kernels' && answer.kernels).toMatchObject({ layer: 0, side: 3, channels: 3 });
      const kept = await talk.until((event) => event.say === 'kernels-kept' && event.epochs.length === 5);
      expect(kept.say === 'kernels-kept' && kept.bytes === kept.plan?.bytes).toBe(true);
      const counters = talk.said.flatMap((event) => (event.say === 'counters' ? [event.tensors] : []));
      // one backbone epoch, the two starts of the arms, then two epochs of each
      expect(new Set(counters.slice(-4)).size).toBe(1);
    },
  );

  it(
    'that the browser ends without a word is told of, once, and one that was dismissed is not',
    { timeout: 60_000 },
    async () => {
      const threads: Worker[] = [];
      vi.stubGlobal(
        'Worker',
        class extends Worker {
          constructor(url: string | URL, options?: WorkerOptions) {
            super(url, options);
            threads.push(this);
          }
        },
      );
      talk = new Conversation();
      vi.unstubAllGlobals();
      await talk.ready('cpu');
      threads[0]?.terminate();
      await expect(talk.until((event) => event.say === 'failed' && event.error.code === 'worker-gone')).resolves.toBeDefined();
      const dismissed = new Conversation();
      await dismissed.ready('cpu');
      dismissed.end();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([...talk.said, ...dismissed.said].filter((event) => event.say === 'failed')).toHaveLength(1);
    },
  );

  it('pauses, resumes and stops when told', { timeout: 120_000 }, async () => {
    talk = new Conversation();
    await talk.ready('wasm');
    talk.send({ do: 'start', recipe: { ...tiny, backbone: { ...tiny.backbone, epochs: 200 } } });
    await talk.until(isEvent('progress'));
    talk.send({ do: 'pause' });
    await talk.until((event) => event.say === 'paused');
    const heard = talk.said.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(talk.said.slice(heard).filter((event) => event.say === 'experiment')).toEqual([]);
    talk.send({ do: 'resume' });
    await talk.until((event) => event.say === 'resumed');
    await talk.until(isEvent('progress'), talk.said.length);
    talk.send({ do: 'stop' });
    await talk.until(isEvent('stopped'));
    // Whoever reads of an end asks for the next thing at once, while that end is still being saved.
    talk.send({ do: 'start', recipe: tiny });
    await talk.until(isEvent('finished'));
    talk.send({ do: 'start', recipe: { ...tiny, seeds: [1] } });
    await talk.until(isEvent('finished'), talk.said.length);
  });

  it('refuses a device that is not there and goes on with what is', { timeout: 60_000 }, async () => {
    talk = new Conversation();
    talk.send({ do: 'choose-device', choice: 'webgl' });
    const answer = await new Promise<WorkerEvent>((resolve) => {
      const poll = setInterval(() => {
        const device = talk.said.find((event) => event.say === 'device');
        if (device === undefined) return;
        clearInterval(poll);
        resolve(device);
      }, 50);
    });
    expect(answer.say === 'device' && answer.report.options.length).toBe(4);
  });
});
