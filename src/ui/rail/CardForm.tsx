/** The settings of an open card, group by group. */
import { useEffect, useRef } from 'react';
import { formGroups, type CardName } from '../../store/recipeForm.ts';
import StartChoice from '../sweep/StartChoice.tsx';
import { useStudio } from '../studioContext.ts';
import { FieldRow } from './FieldRow.tsx';

const ownStart = { of: 'recipe' } as const;

export default function CardForm({ name, title }: { name: CardName; title: string }) {
  const recipe = useStudio((state) => state.recipe);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const card = root.current?.closest('.card');
    const scroller = card?.parentElement;
    if (!card || !scroller) return;
    // The card that closed above it may have pulled this one out of sight.
    const at = card.getBoundingClientRect();
    const seen = scroller.getBoundingClientRect();
    if (at.top < seen.top || at.bottom > seen.bottom) scroller.scrollTop += at.top - seen.top;
  }, []);
  return (
    <div ref={root}>
      {formGroups(name, recipe).map((group) => (
        <div key={group.title ?? ''} className="field-group" role="group" aria-label={group.title ?? title}>
          {group.title !== null && <h3>{group.title}</h3>}
          {group.items.map((item) => (
            <FieldRow key={item.path} item={item} />
          ))}
          {name === 'network' && <StartChoice place={ownStart} start={recipe.start} network={recipe.network} />}
        </div>
      ))}
    </div>
  );
}
