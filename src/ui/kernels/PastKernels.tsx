/** In place of the map where a past experiment is shown: what is not there, and how to get it. */
import { useActions, useStudio } from '../studioContext.ts';

export function PastKernels() {
  const merged = useStudio((state) => state.record?.log.length ?? 0);
  const { showTab } = useActions();
  return (
    <div className="pad">
      <section className="panel results-wait" data-testid="past-kernels">
        <p className="b">The networks of a past experiment are not kept</p>
        <p className="q2">
          Its curves, merges and results are. For the similarities between its kernels, train its recipe again: the same build on
          the same device gives the same networks.
        </p>
        {merged > 0 && (
          <p>
            <button type="button" className="link" onClick={() => showTab('merges')}>
              Which kernels merged
            </button>
          </p>
        )}
      </section>
    </div>
  );
}
