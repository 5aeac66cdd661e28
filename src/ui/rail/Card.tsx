/** One card of the recipe: a summary, and when open the form. */
import { lazy, Suspense } from 'react';
import { ScreenGuard } from '../frame/ScreenGuard.tsx';
import { allItems, formGroups, sameValue, valueAt, type CardName } from '../../store/recipeForm.ts';
import { draftProblems } from '../../store/readiness.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { usePage } from '../pageContext.ts';
import { useActions, useStudio } from '../studioContext.ts';
import { CardSummary } from './CardSummary.tsx';

const loadForm = () => import('./CardForm.tsx');
const CardForm = lazy(loadForm);

/** Brings the forms to the page ahead of the first click. */
export const preloadForms = (): void => void loadForm().catch(() => {});

const heads: Readonly<Record<CardName, { readonly title: string; readonly icon: IconName; readonly note?: string }>> = {
  data: { title: 'Data', icon: 'data' },
  network: { title: 'Network', icon: 'network' },
  training: { title: 'Training', icon: 'training', note: 'Both arms get the same batches.' },
  merging: { title: 'Merging', icon: 'merging', note: 'Applies to the InMerge arm only.' },
};

export function Card({ name, open, onToggle }: { name: CardName; open: boolean; onToggle: () => void }) {
  const recipe = useStudio((state) => state.recipe);
  const base = useStudio((state) => state.base);
  const drafts = useStudio((state) => state.drafts);
  const dataset = useStudio((state) => state.dataset !== null);
  const { showTab } = useActions();
  const { setDialog } = usePage();
  const { title, icon, note } = heads[name];
  const showLayers = () => {
    showTab('data');
    requestAnimationFrame(() => document.querySelector('[data-testid=network]')?.scrollIntoView({ block: 'start' }));
  };
  const paths = new Set(formGroups(name, recipe).flatMap((group) => group.items.map((item) => item.path)));
  const problems = [...draftProblems({ recipe, drafts }).keys()].filter((path) => paths.has(path)).length;
  const changed = allItems(recipe).some(
    (item) => paths.has(item.path) && !sameValue(valueAt(recipe, item.path), valueAt(base, item.path)),
  );
  return (
    <section className={open ? 'card card-open' : 'card'}>
      <button type="button" className="card-head" aria-expanded={open} aria-controls={`card-${name}`} onClick={onToggle}>
        <Icon name={icon} />
        <span className="card-title">
          {title}
          {problems > 0 ? <em className="card-problem">to correct</em> : changed && <em>changed</em>}
        </span>
        <Icon name="chevron" />
        <span className="card-summary">
          <CardSummary name={name} />
        </span>
      </button>
      {open && (
        <div className="card-body" id={`card-${name}`}>
          {note !== undefined && <p className="card-note">{note}</p>}
          {name === 'merging' && (
            <button type="button" className="link card-link" onClick={() => setDialog('merging')}>
              What merging does
            </button>
          )}
          {name === 'network' && dataset && (
            <button type="button" className="link card-link" onClick={showLayers}>
              Show every layer
            </button>
          )}
          <ScreenGuard dialog>
            <Suspense fallback={null}>
              <CardForm name={name} title={title} />
            </Suspense>
          </ScreenGuard>
        </div>
      )}
    </section>
  );
}
