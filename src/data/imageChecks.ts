/** What the pixels can tell without a network: blank images, and images that stand in two splits. Byte-exact, no thresholds. */
import { countText } from '../base/bytes.ts';
import type { Breath } from './breath.ts';
import type { Check, Dataset, Split } from './dataset.ts';

interface Looked {
  blank: number;
  /** 53-bit fingerprint of each image; equal images have equal ones. */
  readonly prints: Float64Array;
}

/** `official`: the file is the published one, and published scores carry the same effects. */
export async function imageChecks(dataset: Dataset, official: boolean, breath: Breath): Promise<Check[]> {
  const stride = dataset.height * dataset.width * dataset.channels;
  const { train, val, test } = dataset.splits;
  const checks: Check[] = [];
  const trainLook = await look(train, stride, breath);
  const first = new Map<number, number>();
  trainLook.prints.forEach((print, index) => {
    if (!first.has(print)) first.set(print, index);
  });
  let blank = trainLook.blank;
  let clean = true;
  for (const [name, split] of [
    ['validation', val],
    ['test', test],
  ] as const) {
    if (split === null) continue;
    const splitLook = await look(split, stride, breath);
    blank += splitLook.blank;
    let again = 0;
    for (let index = 0; index < split.count; index++) {
      const twin = first.get(splitLook.prints[index] as number);
      if (twin !== undefined && equalImages(train, twin, split, index, stride)) again++;
    }
    if (again === 0) continue;
    clean = false;
    const share = ((100 * again) / split.count).toFixed(1);
    checks.push({
      level: 'review',
      text: `${countText(again)} of ${countText(split.count)} ${name} images (${share} %) are also training images, pixel for pixel`,
      effect:
        `The ${name} score comes out too high, by up to ${share} points of ACC. ` +
        (official ? 'Published scores on this file carry the same.' : 'Remove them from one of the splits.'),
    });
  }
  if (clean)
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
  return checks;
}

async function look(split: Split, stride: number, breath: Breath): Promise<Looked> {
  const looked: Looked = { blank: 0, prints: new Float64Array(split.count) };
  // Whole 32-bit words where images begin on them: four bytes a step.
  const aligned = stride % 4 === 0 && split.images.byteOffset % 4 === 0;
  const units = aligned ? new Uint32Array(split.images.buffer, split.images.byteOffset, split.images.length >>> 2) : split.images;
  const step = aligned ? stride / 4 : stride;
  for (let index = 0; index < split.count; index++) {
    const from = index * step;
    const unit = units[from] as number;
    let differing = 0;
    let one = 0x811c9dc5;
    let two = 0x9747b28c;
    for (let at = from; at < from + step; at++) {
      const word = units[at] as number;
      differing |= word ^ unit;
      one = Math.imul(one ^ word, 0x01000193);
      one ^= one >>> 15;
      two = (Math.imul(two, 0x85ebca6b) + word) | 0;
    }
    const uniform = !aligned || unit === ((unit & 0xff) * 0x01010101) >>> 0;
    if (differing === 0 && uniform) looked.blank++;
    looked.prints[index] = (one >>> 0) * 2 ** 21 + ((two ^ (two >>> 16)) & 0x1fffff);
    if ((index & 63) === 0 && breath.due()) await breath.take();
  }
  return looked;
}

function equalImages(a: Split, i: number, b: Split, j: number, stride: number): boolean {
  for (let at = 0; at < stride; at++) if (a.images[i * stride + at] !== b.images[j * stride + at]) return false;
  return true;
}
