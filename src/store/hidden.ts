/**
 * Controls that a link hides, for a class that is to change one thing: `#hide=network.training&r=...`. It hides and locks
 * nothing: one click shows them all. It stands before the recipe, so that a cut link is refused and not half obeyed.
 */

export const hidable = ['presets', 'data', 'network', 'training', 'merging'] as const;
export type Hidable = (typeof hidable)[number];

/** What the hash asks to hide; names that this build does not know are left out. */
export function hiddenIn(hash: string): readonly Hidable[] {
  const part = hash
    .replace(/^#/, '')
    .split('&')
    .find((entry) => entry.startsWith('hide='));
  const names = new Set(part?.slice('hide='.length, 200).split('.') ?? []);
  return hidable.filter((name) => names.has(name));
}

/** The hash's part for these; empty where nothing is hidden. */
export const hiddenPart = (hidden: readonly Hidable[]): string[] => (hidden.length === 0 ? [] : [`hide=${hidden.join('.')}`]);
