import { describe, expect, test } from 'vitest';
import { halves, tinyRecipe } from '../experiment/testing/tiny.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights } from '../model/initialWeights.ts';
import type { Folder } from '../storage/slots.ts';
import { KernelShelf } from './kernelShelf.ts';
import type { WorkerEvent } from './protocol.ts';

const network = buildNetwork(tinyRecipe.network, [halves.height, halves.width, 3], 2);
const weightsOf = (salt: number) => initialWeights(network, 'pytorch', salt);
const backbone = { seed: 0, phase: 'backbone', arm: null } as const;
const arm = { seed: 0, phase: 'finetune', arm: 'τ 0.1/a' } as const;

async function shelfWith(folder: Folder | null = null) {
  const said: WorkerEvent[] = [];
  const shelf = await KernelShelf.toWrite(folder, tinyRecipe, [network], (event) => said.push(event));
  const keep = async (run: typeof backbone | typeof arm, epoch: number, salt: number) => {
    await shelf.keep({ run, epoch, network, weights: weightsOf(salt) });
    await shelf.settled();
  };
  return { shelf, said, keep };
}

describe('the shelf of kernels', () => {
  test('gives back each epoch of each run, and the backbone’s last epoch as the start of any arm', async () => {
    const { shelf, keep } = await shelfWith();
    await keep(backbone, 1, 1);
    await keep(backbone, 2, 2);
    await keep(arm, 1, 3);
    const scales = async (name: string | null, epoch: number) =>
      (await shelf.read({ seed: 0, arm: name, epoch }, 1))?.scales ?? null;
    expect(await scales(arm.arm, 0)).toEqual(await scales(null, 2));
    expect(await scales(arm.arm, 1)).not.toEqual(await scales(arm.arm, 0));
    expect(await scales(null, 1)).not.toEqual(await scales(null, 2));
    expect(await scales(arm.arm, 2)).toBeNull();
    expect(await shelf.read({ seed: 1, arm: null, epoch: 1 }, 1)).toBeNull();
  });

  test('announces its size beforehand and what it holds with every epoch', async () => {
    const { shelf, said, keep } = await shelfWith();
    expect(said[0]).toMatchObject({ say: 'kernels-kept', epochs: [], bytes: 0, plan: { every: { backbone: 1, finetune: 1 } } });
    await keep(backbone, 1, 1);
    await keep(backbone, 1, 1);
    const { plan } = said[0] as Extract<WorkerEvent, { say: 'kernels-kept' }>;
    expect(said.at(-1)).toMatchObject({ epochs: [{ seed: 0, arm: null, epoch: 1 }], bytes: (plan?.bytes ?? 0) / 6 });
    expect(shelf.bytes).toBe((plan?.bytes ?? 0) / 6);
  });

  test('tells once that the disk is full, and goes on', async () => {
    const full = (): Promise<never> => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const folder: Folder = {
      read: () => Promise.resolve(null),
      list: () => Promise.resolve([]),
      remove: () => Promise.resolve(),
      folder: () => folder,
      write: full,
    };
    const { said, keep } = await shelfWith(folder);
    await keep(backbone, 1, 1);
    await keep(backbone, 2, 2);
    expect(said.filter((event) => event.say === 'kernels-not-kept')).toMatchObject([{ error: { code: 'storage-full' } }]);
  });
});
