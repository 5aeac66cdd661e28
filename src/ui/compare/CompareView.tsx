/** Compare: is InMerge ahead, how sure is that, and is merging active. Four panels and a headline on one screen. */
import { lazy, Suspense, useState } from 'react';
import { ProblemCard } from '../data/ProblemCard.tsx';
import { Segments } from '../parts/Segments.tsx';
import { useStudio } from '../studioContext.ts';
import { Headline } from './Headline.tsx';
import { MergesPerLayer } from './MergesPerLayer.tsx';
import type { Scope } from './chartModel.ts';

export const loadCharts = () => import('./Charts.tsx');
const Charts = lazy(loadCharts);

const scopes = [
  { value: 'finetune', label: 'Fine-tuning' },
  { value: 'all', label: 'All epochs' },
] as const;

export function CompareView() {
  const [scope, setScope] = useState<Scope>('finetune');
  const error = useStudio((state) => (state.status.at === 'halted' ? state.status.error : null));
  const hasRecord = useStudio((state) => state.record !== null);
  const begun = useStudio(
    (state) =>
      state.record !== null && state.revision >= 0 && [...state.record.runs.values()].some((run) => run.key.arm !== null),
  );
  if (!hasRecord) return error === null ? null : <Halted />;
  return (
    <div className="pad compare-page">
      {error !== null && <Halted />}
      <div className="compare" data-testid="compare">
        <Headline />
        <Suspense fallback={<div className="panel chart-wait" />}>
          <Charts
            scope={begun ? scope : 'all'}
            switcher={begun ? <Segments label="Epochs shown" options={scopes} value={scope} onChange={setScope} /> : null}
          />
        </Suspense>
        <MergesPerLayer />
      </div>
    </div>
  );
}

function Halted() {
  const error = useStudio((state) => (state.status.at === 'halted' ? state.status.error : null));
  return error === null ? null : (
    <section className="panel halted" data-testid="problems" role="alert">
      <ProblemCard problem={error} />
    </section>
  );
}
