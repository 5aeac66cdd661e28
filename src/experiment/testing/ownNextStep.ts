/** Steps beside a run, and what a merge and a gradient step on its copy must be: the run's own next step, on any device. */
import { expect } from 'vitest';
import type { TrainerState } from '../../train/trainer.ts';
import type { ExperimentOptions } from '../experimentOptions.ts';
import { Experiment } from '../experiment.ts';
import { copyOfRun, type Stepping } from '../stepping.ts';

/** Goes on to the given rest, counted from 1; false where the experiment ended before. */
export async function toRest(events: ReturnType<Experiment['run']>, count: number): Promise<boolean> {
  for (let rests = 0; rests < count;) {
    const next = await events.next();
    if (next.done === true) return false;
    if (next.value.at === 'rest') rests++;
  }
  return true;
}

export async function mustStep(experiment: Experiment, arm: string | null): Promise<Stepping> {
  const stepping = await copyOfRun(experiment, arm);
  if (stepping === null) throw new Error(`no run of ${arm}`);
  return stepping;
}

const trained = (state: TrainerState) => new Map([...state.arrays].filter(([name]) => !name.startsWith('kept/')));

export async function expectOwnNextStep(options: ExperimentOptions): Promise<void> {
  const experiment = new Experiment(options);
  const events = experiment.run();
  const own = async () => (await experiment.checkpoint()).runs.find(({ key }) => key.arm === 'inmerge');
  while (((await own())?.run.step ?? 0) === 0) await toRest(events, 1);
  const stepping = await mustStep(experiment, 'inmerge');
  const merge = await stepping.mergeStep();
  const gradient = await stepping.gradientStep();
  expect(merge.layers.some(({ merged }) => merged.includes(1))).toBe(true);
  expect(gradient.lossBefore).toBe(merge.lossAfter);
  expect(gradient.lossAfter).toBeLessThan(gradient.lossBefore);

  while ((await own())?.run.step === gradient.step) await toRest(events, 1);
  const run = await own();
  expect(run?.run.step).toBe(gradient.step + 1);
  expect(trained(stepping.state)).toEqual(trained(run?.trainer as TrainerState));
  for await (const event of events) {
    if (event.at !== 'loss' || event.run.arm !== 'inmerge') continue;
    const told = event.losses[gradient.step - event.firstStep];
    if (told === undefined) continue;
    expect(gradient.lossBefore).toBe(told);
    break;
  }
  expect.assertions(6);
  stepping.dispose();
  experiment.dispose();
}
