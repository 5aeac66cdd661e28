/**
 * Which look an arm has among those that are drawn, the same on the page and in files: the two that are compared keep theirs,
 * up to six others have one each, and beyond that the others are thin and grey.
 */

/** A number is a place among the further looks of `figure.ts`. */
export type ArmLook = 'baseline' | 'compared' | 'faint' | number;

/** Spreads around a mean, and seeds one by one, are drawn of the arms that are compared: more would hide one another. */
export const isBanded = (look: ArmLook): boolean => look === 'baseline' || look === 'compared';

/** Lines that can be told apart by colour. */
export const mostColoured = 8;
const furtherLooks = mostColoured - 2;

interface LookedArm {
  readonly name: string;
  readonly merges: boolean;
}

/**
 * An arm prefers the look of its place among all arms, so that it keeps it while others come and go; where two would have
 * the same, the later one takes the next that is free.
 * @param arms of the experiment, in its order
 * @param compared the merging arm that is set against the one without; null for the first
 * @param drawn names of those that are drawn, in any order
 */
export function armLooks(
  arms: readonly LookedArm[],
  compared: string | null,
  drawn: readonly string[],
): ReadonlyMap<string, ArmLook> {
  const baseline = arms.find((arm) => !arm.merges)?.name;
  const first = arms.find((arm) => arm.merges)?.name;
  const chosen = arms.find((arm) => arm.merges && arm.name === compared)?.name ?? first;
  const rest = arms.map(({ name }) => name).filter((name) => name !== baseline && name !== first);
  // The first merging arm, where another one is compared, has the look that this one leaves.
  const placeOf = (name: string) => rest.indexOf(name === first ? (chosen ?? name) : name);
  const coloured = drawn.length <= mostColoured;
  const taken = new Set<number>();
  const looks = new Map<string, ArmLook>();
  for (const { name } of arms) {
    if (!drawn.includes(name)) continue;
    if (name === baseline) looks.set(name, 'baseline');
    else if (name === chosen) looks.set(name, 'compared');
    else if (!coloured || taken.size === furtherLooks) looks.set(name, 'faint');
    else {
      let place = Math.max(0, placeOf(name)) % furtherLooks;
      while (taken.has(place)) place = (place + 1) % furtherLooks;
      taken.add(place);
      looks.set(name, place);
    }
  }
  return looks;
}
