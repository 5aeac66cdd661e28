/** A file on its way in: what is being done, how far it is, and the way out. */
import { bytes } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';
import { useActions, useStudio } from '../studioContext.ts';

export function ReadingPage() {
  const status = useStudio((state) => state.status);
  const { cancelIntake } = useActions();
  if (status.at !== 'reading') return null;
  const { fileName, stage, doneBytes, totalBytes } = status;
  const fraction = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 0;
  return (
    <div className="pad reading">
      <section className="panel reading-card" data-testid="intake">
        <h2>
          <Name text={fileName} longest={44} />
        </h2>
        <p className="q2" aria-live="polite">
          {stage}
        </p>
        <div
          className="bar"
          role="progressbar"
          aria-label="Reading"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(fraction * 100)}
        >
          <i style={{ transform: `scaleX(${fraction})` }} />
        </div>
        <div className="reading-foot">
          <span className="sm q">
            {totalBytes === 0 ? ' ' : doneBytes === 0 ? bytes(totalBytes) : `${bytes(doneBytes)} of ${bytes(totalBytes)}`}
          </span>
          <button type="button" className="btn btn-28" onClick={cancelIntake}>
            Cancel
          </button>
        </div>
      </section>
    </div>
  );
}
