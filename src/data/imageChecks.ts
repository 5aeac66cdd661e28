/** What the pixels can tell without a network: blank images, and images that stand in two splits. Byte-exact, no thresholds. */
import { countText } from '../base/bytes.ts';
import type { Breath } from './breath.ts';
import type { Check, Dataset, Split } from './dataset.ts';
import { Fingerprints, imageStride, twinsOf, type Twin } from './repeats.ts';

/** Twins named one by one; the rest are counted. */
const named = 3;

export interface LookedAt {
  readonly checks: readonly Check[];
  /** Training images that stand in validation or test too: what a recipe may leave out. */
  readonly repeatedInTraining: number;
}

/** `official`: the file is the published one, and published scores carry the same effects. */
export async function imageChecks(dataset: Dataset, official: boolean, breath: Breath): Promise<LookedAt> {
  const stride = imageStride(dataset);
  const { train, val, test } = dataset.splits;
  const checks: Check[] = [];
  const trainLook = await look(train, stride, breath);
  const repeated = new Set<number>();
  let { blank } = trainLook;
  for (const [name, split] of [
    ['validation', val],
    ['test', test],
  ] as const) {
    if (split === null) continue;
    const splitLook = await look(split, stride, breath);
    blank += splitLook.blank;
    for (const { image } of twinsOf(split, splitLook.prints, train, trainLook.prints, stride)) repeated.add(image);
    const twins = twinsOf(train, trainLook.prints, split, splitLook.prints, stride);
    if (twins.length === 0) continue;
    const share = ((100 * twins.length) / split.count).toFixed(1);
    checks.push({
      level: 'review',
      text: `${countText(twins.length)} of ${countText(split.count)} ${name} images (${share} %) are also training images, pixel for pixel`,
      effect:
        `The ${name} score comes out too high, by up to ${share} points of ACC. ` +
        (official ? 'Published scores on this file carry the same. ' : '') +
        `The recipe can leave their copies out of training. ${namesOf(twins, name)}`,
      remedy: 'dataset.leaveOutRepeated',
    });
  }
  if (repeated.size === 0)
    checks.push({ level: 'passed', text: `No training image again in ${test === null ? 'validation' : 'validation or test'}` });
  if (blank === 0) checks.push({ level: 'passed', text: 'No blank images' });
  else {
    const total = train.count + val.count + (test?.count ?? 0);
    checks.push({
      level: 'review',
      text: `${countText(blank)} of ${countText(total)} images are blank: every value the same`,
      effect: 'They cannot be told apart, and lower every score a little. Check where they come from.',
    });
  }
  return { checks, repeatedInTraining: repeated.size };
}

/** As indices of the file's arrays, from 0. */
function namesOf(twins: readonly Twin[], split: string): string {
  const pairs = twins.slice(0, named).map(({ image, training }) => `${split} ${image} = training ${training}`);
  const more = twins.length - pairs.length;
  return `${pairs.join(', ')}${more > 0 ? ` and ${countText(more)} more` : ''}.`;
}

async function look(split: Split, stride: number, breath: Breath): Promise<Fingerprints> {
  const fingerprints = new Fingerprints(split, stride);
  for (let index = 0; index < split.count; index++) {
    fingerprints.take(index);
    if ((index & 63) === 0 && breath.due()) await breath.take();
  }
  return fingerprints;
}
