/** The recipe: preset, five cards with every setting, and the next step at the bottom. */
import { useEffect, useState } from 'react';
import type { CardName } from '../../store/recipeForm.ts';
import { isRunning } from '../../store/status.ts';
import { usePage } from '../pageContext.ts';
import { useActions, useStudio } from '../studioContext.ts';
import { useNarrow } from '../useNarrow.ts';
import { SweepCard } from '../sweep/SweepCard.tsx';
import { Card, preloadForms } from './Card.tsx';
import { Presets } from './Presets.tsx';
import { TrainFoot } from './TrainFoot.tsx';

const cards: readonly CardName[] = ['data', 'network', 'training', 'merging'];

/** After the first paint. */
const preloadMs = 300;

export function Rail() {
  const narrow = useNarrow();
  const [open, setOpen] = useState<CardName | 'sweep' | null>(null);
  const { chooseFile, setDialog } = usePage();
  const hidden = useStudio((state) => state.hidden);
  const { hideControls } = useActions();
  const running = useStudio((state) => isRunning(state.status));
  const toggle = (name: CardName | 'sweep') => setOpen(open === name ? null : name);
  useEffect(() => {
    const timer = setTimeout(preloadForms, preloadMs);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (!narrow || open === null) return;
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpen(null);
    };
    window.addEventListener('keydown', escape);
    return () => window.removeEventListener('keydown', escape);
  }, [narrow, open]);
  return (
    <aside className="rail" aria-label="Recipe" data-testid="recipe">
      <div className="rail-head">
        <h2>Recipe</h2>
        <button type="button" className="link" onClick={chooseFile}>
          Open
        </button>
        <button type="button" className="link" onClick={() => setDialog('json')}>
          View JSON
        </button>
      </div>
      <div className="rail-scroll">
        {!hidden.includes('presets') && <Presets />}
        {cards
          .filter((name) => !hidden.includes(name))
          .map((name) => (
            <Card key={name} name={name} open={open === name} onToggle={() => toggle(name)} />
          ))}
        {!hidden.includes('merging') && <SweepCard open={open === 'sweep'} onToggle={() => toggle('sweep')} />}
        {hidden.length > 0 && (
          <p className="rail-note">
            The link you opened hides some settings.{' '}
            <button type="button" className="link" onClick={() => hideControls([])}>
              Show all
            </button>
          </p>
        )}
        {running && <p className="rail-note">Used by this run. Changes apply to the next experiment.</p>}
      </div>
      <TrainFoot />
    </aside>
  );
}
