/** One press from a difference that settles nothing to more seeds of the same experiment. */
import { moreSeeds } from '../../store/moreSeeds.ts';
import { plural } from '../numbers.ts';
import { useActions, useStudio } from '../studioContext.ts';

export function MoreSeeds() {
  const done = useStudio((state) => state.record?.seeds.length ?? 0);
  const total = useStudio((state) => moreSeeds(state)?.length ?? null);
  const { trainMoreSeeds } = useActions();
  if (total === null) return null;
  return (
    <p className="more-seeds">
      <button type="button" className="btn btn-28 btn-fill" onClick={trainMoreSeeds}>
        Train {plural(total - done, 'more seed')}
      </button>
      <span className="xs q">{done === 1 ? 'The first is kept' : `The ${done} are kept`}: only the new ones train.</span>
    </p>
  );
}
