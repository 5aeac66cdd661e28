/**
 * Merges: what the start weights let expect, every merge as a list, their counts, who took from whom, and single steps on a copy of a run. The views come to
 * the page when they are asked for.
 */
import { lazy, Suspense } from 'react';
import type { MergesView as View } from '../../store/state.ts';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';

const views = {
  start: {
    label: 'Before fine-tuning',
    Screen: lazy(async () => ({ default: (await import('./StartWeights.tsx')).StartWeights })),
  },
  list: { label: 'List', Screen: lazy(async () => ({ default: (await import('./ListView.tsx')).ListView })) },
  counts: { label: 'Counts', Screen: lazy(async () => ({ default: (await import('./CountsView.tsx')).CountsView })) },
  flow: { label: 'Who from whom', Screen: lazy(async () => ({ default: (await import('./FlowView.tsx')).FlowView })) },
  steps: { label: 'Step by step', Screen: lazy(async () => ({ default: (await import('../steps/StepsView.tsx')).StepsView })) },
} as const satisfies Record<View, unknown>;

const FilterBar = lazy(async () => ({ default: (await import('./FilterBar.tsx')).FilterBar }));

const options = (Object.keys(views) as View[]).map((value) => ({ value, label: views[value].label }));

export function MergesView() {
  const view = useStudio((state) => state.mergesView);
  const { showMerges } = useActions();
  const { Screen } = views[view];
  return (
    <div className="pad merges-screen">
      <div className="merges-views">
        <Segments label="What is shown of the merges" options={options} value={view} onChange={showMerges} />
      </div>
      <Suspense fallback={<div className="panel" />}>
        {view !== 'steps' && view !== 'start' && <FilterBar />}
        <Screen />
      </Suspense>
    </div>
  );
}
