/** Runs an experiment up to a chosen interruption, its checkpoint through a file and back, for the tests of resuming. */
import { decodeContainer, encodeContainer } from '../../base/container.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Experiment } from '../experiment.ts';

/** Runs to the end, or to the given safe point; what was told, and the checkpoint there, through a file and back. */
export async function runTo(
  experiment: Experiment,
  safePoint: number,
): Promise<{ checkpoint: Checkpoint; safePoints: number; interrupted: boolean }> {
  let safePoints = 0;
  for await (const event of experiment.run()) {
    if (event.at !== 'rest' || !event.safe || safePoints++ !== safePoint) continue;
    const checkpoint = await throughFile(await experiment.checkpoint());
    experiment.dispose();
    return { checkpoint, safePoints, interrupted: true };
  }
  const checkpoint = await experiment.checkpoint();
  experiment.dispose();
  return { checkpoint, safePoints, interrupted: false };
}

const throughFile = async (checkpoint: Checkpoint) =>
  (await decodeContainer(new Blob(await encodeContainer(checkpoint)))) as Checkpoint;

/** Times differ from run to run; nothing else may. */
export function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'trainMs' || key === 'epochMs' || key === 'elapsedMs') return 0;
      if (ArrayBuffer.isView(inner)) return [...(inner as Float32Array)];
      return inner instanceof Map ? [...(inner as Map<string, unknown>)] : inner;
    }),
  ) as unknown;
}
