/** A file that was not taken: every problem found and how to mend it, then what is unchanged. */
import { usePage } from '../pageContext.ts';
import { plural } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { Name } from '../parts/Name.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { ProblemCard } from './ProblemCard.tsx';

export function RefusedPage() {
  const status = useStudio((state) => state.status);
  const dataset = useStudio((state) => state.dataset);
  const recipe = useStudio((state) => state.recipe.name);
  const record = useStudio((state) => state.record);
  const { backFromRefusal } = useActions();
  const { chooseFile } = usePage();
  if (status.at !== 'refused') return null;
  const complete = record === null ? 0 : [...record.runs.values()].filter((run) => run.result !== null).length;
  return (
    <div className="pad">
      <div className="refused">
        <section className="panel refused-card" data-testid="problems" role="alert">
          <header>
            <Icon name="problem" />
            <h2>
              <Name text={status.fileName} longest={48} /> was not added
            </h2>
            <p className="q2">
              {status.problems.length > 1
                ? `${plural(status.problems.length, 'problem')} found, the most telling first.`
                : 'One problem was found.'}
            </p>
          </header>
          {status.problems.map((problem, k) => (
            <ProblemCard key={k} problem={problem} />
          ))}
          <footer>
            <button type="button" className="btn btn-fill" onClick={chooseFile}>
              Choose another file
            </button>
            <button type="button" className="btn" onClick={backFromRefusal}>
              {dataset === null ? 'Back' : <>Back to {<Name text={dataset.title} longest={24} />}</>}
            </button>
          </footer>
        </section>
        <section className="panel kept">
          <h2>
            <Icon name="ok" />
            Nothing was lost
          </h2>
          <dl>
            <div>
              <dt>Dataset in use</dt>
              <dd>
                {dataset === null ? (
                  'none yet'
                ) : (
                  <>
                    <Name text={dataset.title} longest={24} />, unchanged
                  </>
                )}
              </dd>
            </div>
            <div>
              <dt>Recipe</dt>
              <dd>
                <Name text={recipe} longest={24} />, unchanged
              </dd>
            </div>
            <div>
              <dt>Finished runs</dt>
              <dd>{complete === 0 ? 'none yet' : `${plural(complete, 'run')}, unchanged`}</dd>
            </div>
          </dl>
        </section>
      </div>
    </div>
  );
}
