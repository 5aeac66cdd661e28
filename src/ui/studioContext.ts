/** The studio in React: a context for the one store, and hooks that read it by selector. */
import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { ExperimentRecord } from '../store/record.ts';
import type { StudioState } from '../store/state.ts';
import type { Actions, Studio } from '../store/studio.ts';

export const StudioContext = createContext<Studio | null>(null);

function useContextStudio(): Studio {
  const studio = useContext(StudioContext);
  if (studio === null) throw new Error('StudioContext is missing around this component.');
  return studio;
}

export function useStudio<T>(selector: (state: StudioState) => T): T {
  return useStore(useContextStudio().store, selector);
}

export function useActions(): Actions {
  return useContextStudio().actions;
}

/** The state at the time of a click, without drawing again at each change. */
export function useGetState(): () => StudioState {
  return useContextStudio().store.getState;
}

/**
 * What `compute` makes of the record, again at each revision of its series; null before the first experiment. `compute`
 * must be the same function from draw to draw.
 */
export function useFromRecord<T>(compute: (record: ExperimentRecord) => T): T | null {
  const revision = useStudio((state) => state.revision);
  const record = useStudio((state) => state.record);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the record changes in place; its revision says when
  return useMemo(() => (record === null ? null : compute(record)), [record, revision, compute]);
}
