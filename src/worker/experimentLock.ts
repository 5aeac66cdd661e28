/** The lock that an experiment holds while it trains: another tab sees it, and a dead worker lets go of it. */
import { StudioError } from '../base/errors.ts';

export const lockName = (id: string): string => `experiment:${id}`;

/** Those that train at this moment, in whatever tab. */
export async function heldExperiments(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  const start = lockName('');
  return new Set(held.flatMap(({ name }) => (name?.startsWith(start) === true ? [name.slice(start.length)] : [])));
}

/** @throws StudioError `running-elsewhere` */
export async function refuseHeld(id: string): Promise<void> {
  if ((await heldExperiments()).has(id)) throw runningElsewhere();
}

export const runningElsewhere = (): StudioError =>
  new StudioError({
    code: 'running-elsewhere',
    message: 'This experiment is running, in this tab or in another one.',
    remedy: 'Stop it there first, or wait until it has ended.',
  });
