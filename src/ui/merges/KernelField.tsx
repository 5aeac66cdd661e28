/** The selected kernels as text that can be typed: `3`, `3, 17`, `4-9`. */
import { useId, useState } from 'react';
import { readRanges, writeRanges } from '../../store/selection.ts';
import { useActions, useStudio } from '../studioContext.ts';

export function KernelField() {
  const kernels = useStudio((state) => state.selection.kernels);
  const { select } = useActions();
  const id = useId();
  const written = writeRanges(kernels).replaceAll(',', ', ');
  const [draft, setDraft] = useState<string | null>(null);
  const apply = () => {
    if (draft !== null) select({ kernels: readRanges(draft.replaceAll(/\s/g, '')) });
    setDraft(null);
  };
  return (
    <span className="filter">
      <label htmlFor={id}>Kernels</label>
      <input
        id={id}
        className="kernel-field"
        type="text"
        value={draft ?? written}
        placeholder="none"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setDraft(event.target.value)}
        onBlur={apply}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
      {kernels.length > 0 && (
        <button type="button" className="link" onClick={() => select({ kernels: [] })}>
          Clear
        </button>
      )}
    </span>
  );
}
