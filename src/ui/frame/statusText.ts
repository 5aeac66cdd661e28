/** The status in words. */
import { armTitle } from '../../recipe/arms.ts';
import type { Progress, Status } from '../../store/status.ts';
import { duration, plural, timeLeft } from '../numbers.ts';
import { shortName } from '../parts/Name.tsx';

/** @param on what the run stands on, where there are several bases; else empty */
function phaseText(progress: Progress | null, seeds: readonly number[], on: string): string {
  if (progress === null) return 'Starting';
  const { run } = progress;
  const seed = seeds.length > 1 ? ` · seed ${seeds.indexOf(run.seed) + 1} of ${seeds.length}` : '';
  return `${run.phase === 'backbone' ? 'Backbone' : armTitle(run.arm)}${on === '' ? '' : ` · ${on}`}${seed} · epoch ${progress.epoch} of ${progress.epochs}`;
}

export function statusText(status: Status, seeds: readonly number[], on = ''): { text: string; end: string } {
  switch (status.at) {
    case 'connecting':
      return { text: 'Looking for the fastest device', end: '' };
    case 'empty':
      return { text: 'No dataset yet', end: '' };
    case 'reading':
      return { text: `Reading ${shortName(status.fileName, 28)}`, end: '' };
    case 'refused':
      return { text: `${shortName(status.fileName, 28)} was not added`, end: '' };
    case 'ready':
      return { text: 'Ready to train', end: '' };
    case 'preparing':
      return { text: status.stage, end: '' };
    case 'training':
      if (status.asked !== null)
        return { text: status.asked === 'pause' ? 'Pausing after this step' : 'Stopping after this step', end: '' };
      return {
        text: phaseText(status.progress, seeds, on),
        end: status.progress === null ? '' : timeLeft(status.progress.experimentLeftMs),
      };
    case 'paused':
      return { text: `Paused · ${phaseText(status.progress, seeds, on)}`, end: '' };
    case 'finished':
      return { text: `Done · ${plural(seeds.length, 'seed')}`, end: duration(status.elapsedMs) };
    case 'stopped':
      return { text: 'Stopped', end: duration(status.elapsedMs) };
    case 'halted':
      return { text: 'Ended by an error', end: '' };
  }
}
