/** In place of the map where the kernels of a past experiment were not kept: what is not there, and how to get it. */
import { useActions, useStudio } from '../studioContext.ts';

export function PastKernels() {
  const merged = useStudio((state) => state.record?.log.length ?? 0);
  const { showTab } = useActions();
  return (
    <div className="pad">
      <section className="panel results-wait" data-testid="past-kernels">
        <p className="b">The kernels of this experiment are not on this machine</p>
        <p className="q2">
          Its curves, merges and results are. It came without its weights, or an older build kept it. For its kernels, drop its
          whole folder of results or its bundle with weights, or train its recipe again: the same build on the same device gives
          the same networks.
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
