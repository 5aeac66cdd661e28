/** What the merging arm that is compared is called: InMerge, or the setting of a sweep. */
import { armTitle } from '../recipe/arms.ts';
import { comparedIn } from '../store/arms.ts';
import { useStudio } from './studioContext.ts';

export function useComparedTitle(): string {
  // `revision` counts the choice too: the record itself stays the same object.
  const name = useStudio((state) => (state.revision >= 0 && state.record !== null ? comparedIn(state.record).inmerge : null));
  return name === null ? 'InMerge' : armTitle(name);
}
