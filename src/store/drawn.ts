/** Which arms the curves are drawn of: chosen by the reader, part of the selection, and in the address with it. */
import { mostColoured } from '../report/looks.ts';
import { comparedIn } from './arms.ts';
import type { ExperimentRecord } from './record.ts';

/** Null: all, where they can be told apart by colour, else the two that are compared. */
export type DrawnArms = 'all' | 'pair' | readonly string[] | null;

/** Names of arms never begin with a dot. */
const words = { all: '.all', pair: '.pair' } as const;
const armName = /^[a-z0-9][a-z0-9._-]{0,59}$/;
const mostArms = 256;

export const writeDrawn = (drawn: Exclude<DrawnArms, null>): string =>
  typeof drawn === 'string' ? words[drawn] : drawn.join(',');

/** Null where nothing of it is a name. */
export function readDrawn(text: string): DrawnArms {
  if (text === words.all) return 'all';
  if (text === words.pair) return 'pair';
  const names = text
    .slice(0, 20_000)
    .split(',')
    .filter((name) => armName.test(name));
  return names.length === 0 ? null : [...new Set(names)].slice(0, mostArms);
}

/** The arms of the experiment that are drawn, in its order; the usual ones where it has none of those chosen. */
export function drawnArms(record: ExperimentRecord, drawn: DrawnArms): string[] {
  const { baseline, inmerge } = comparedIn(record);
  const arms = record.arms.map(({ name }) => name);
  const pair = arms.filter((name) => name === baseline || name === inmerge);
  if (drawn === 'all') return arms;
  if (drawn === 'pair') return pair;
  const listed = drawn === null ? [] : arms.filter((name) => drawn.includes(name));
  return listed.length > 0 ? listed : arms.length <= mostColoured ? arms : pair;
}

/** The choice with one arm more or less. The last one stays: an empty chart says nothing. */
export function toggled(record: ExperimentRecord, drawn: DrawnArms, name: string): DrawnArms {
  const now = drawnArms(record, drawn);
  const next = record.arms.map((arm) => arm.name).filter((arm) => (arm === name ? !now.includes(name) : now.includes(arm)));
  return next.length === 0 ? now : next.length === record.arms.length ? 'all' : next;
}

/** The choice, with an arm among it that is to be seen. */
export const drawnWith = (drawn: DrawnArms, name: string): DrawnArms =>
  drawn === null || typeof drawn === 'string' || drawn.includes(name) ? drawn : [...drawn, name];
