/** Ready recipes; says what the chosen one is for, and whether it was changed. */
import { useMemo } from 'react';
import { presets } from '../../recipe/presets.ts';
import { presetOf } from '../../store/presetOf.ts';
import { allItems, sameValue, valueAt } from '../../store/recipeForm.ts';
import { useActions, useStudio } from '../studioContext.ts';

export function Presets() {
  const recipe = useStudio((state) => state.recipe);
  const base = useStudio((state) => state.base);
  const { usePreset, resetAll } = useActions();
  const preset = useMemo(() => presetOf(base), [base]);
  const changed = allItems(recipe).filter((item) => !sameValue(valueAt(recipe, item.path), valueAt(base, item.path))).length;
  return (
    <div className="presets">
      <label className="field-name" htmlFor="preset">
        Preset
        {changed > 0 && (
          <button type="button" className="link end" onClick={resetAll}>
            Reset {changed} {changed === 1 ? 'change' : 'changes'}
          </button>
        )}
      </label>
      <select id="preset" value={preset?.recipe.name ?? ''} onChange={(event) => usePreset(event.target.value)}>
        {preset === undefined && <option value="">loaded recipe</option>}
        {presets.map((candidate) => (
          <option key={candidate.recipe.name} value={candidate.recipe.name}>
            {candidate.recipe.name}
          </option>
        ))}
      </select>
      <p className="help">{preset?.about ?? 'From a file, a link or a past experiment.'}</p>
    </div>
  );
}
