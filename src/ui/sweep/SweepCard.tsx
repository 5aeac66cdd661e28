/** The arms beside Baseline and InMerge: which settings are varied, over which values and seeds, and what that takes. */
import { lazy, Suspense } from 'react';
import { armsOf, sweptIn } from '../../recipe/arms.ts';
import { basesOf, startTitle } from '../../recipe/bases.ts';
import { plural } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { useStudio } from '../studioContext.ts';

const SweepForm = lazy(() => import('./SweepForm.tsx'));

export function SweepCard({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const recipe = useStudio((state) => state.recipe);
  const arms = armsOf(recipe).length;
  const swept = sweptIn(recipe.sweep).length;
  const bases = basesOf(recipe).length;
  // Networks alone, or start weights among what differs.
  const starts = new Set(basesOf(recipe).map(({ start }) => startTitle(start))).size > 1;
  return (
    <section className={open ? 'card card-open' : 'card'} data-testid="sweep">
      <button type="button" className="card-head" aria-expanded={open} aria-controls="card-sweep" onClick={onToggle}>
        <Icon name="sweep" />
        <span className="card-title">Sweep</span>
        <Icon name="chevron" />
        <span className="card-summary">
          {swept > 0 ? `${plural(swept, 'setting')} varied` : bases > 1 ? 'Arms as they are' : 'One setting: nothing is varied'}
          <br />
          {bases > 1 && `${plural(bases, starts ? 'start' : 'network')} × `}
          {plural(arms, 'arm')} × {plural(recipe.seeds.length, 'seed')}
        </span>
      </button>
      {open && (
        <div className="card-body" id="card-sweep">
          <Suspense fallback={<p className="card-note">Opening …</p>}>
            <SweepForm />
          </Suspense>
        </div>
      )}
    </section>
  );
}
