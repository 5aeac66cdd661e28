/** The recipe's name: click or R to change it, Enter to keep, Escape to leave it as it was. */
import { useState } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { Name } from '../parts/Name.tsx';
import { useActions, useStudio } from '../studioContext.ts';

export function ExperimentName() {
  const name = useStudio((state) => state.recipe.name);
  const { rename } = useActions();
  const [text, setText] = useState<string | null>(null);
  if (text === null) {
    return (
      <button type="button" className="experiment-name" id="experiment-name" title="Rename (R)" onClick={() => setText(name)}>
        <Name text={name} longest={24} />
        <Icon name="pen" />
      </button>
    );
  }
  const keep = () => {
    rename(text);
    setText(null);
  };
  return (
    <input
      className="experiment-name"
      aria-label="Name of the recipe"
      value={text}
      maxLength={100}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- the user has just asked to type here
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}
