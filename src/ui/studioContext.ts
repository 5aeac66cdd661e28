/** The studio in React: a context for the one store, and hooks that read it by selector. */
import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Archive } from '../store/archive.ts';
import { kernelMapsOn, type KernelMaps } from '../store/kernelMaps.ts';
import type { Look } from '../store/look.ts';
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

/** The way to ask the worker about single images. */
export function useLook(): Look {
  return useContextStudio().look;
}

/** The state at the time of a click, without drawing again at each change. */
export function useGetState(): () => StudioState {
  return useContextStudio().store.getState;
}

/**
 * What `compute` makes of the record, again where its epochs have grown (or its losses); null before the first
 * experiment. `compute` must be the same function from draw to draw. Several places may share one computation.
 */
export function useFromRecord<T>(compute: (record: ExperimentRecord) => T, of: 'epochs' | 'losses' = 'epochs'): T | null {
  const revision = useStudio((state) => (of === 'epochs' ? state.revision : state.lossRevision));
  const record = useStudio((state) => state.record);
  return useMemo(() => (record === null ? null : computed(record, revision, compute)), [record, revision, compute]);
}

/** The last result of each function, with the record and the revision it was made of. */
const results = new WeakMap<object, { record: ExperimentRecord; revision: number; value: unknown }>();

function computed<T>(record: ExperimentRecord, revision: number, compute: (record: ExperimentRecord) => T): T {
  const known = results.get(compute);
  if (known?.record === record && known.revision === revision) return known.value as T;
  const value = compute(record);
  results.set(compute, { record, revision, value });
  return value;
}

/** Past experiments beyond showing them. */
export function useArchive(): Archive {
  return useContextStudio().archive;
}

/** Similarities, orders and pictures of past epochs, of the base that is shown. */
export function useKernelMaps(): KernelMaps {
  const { kernels } = useContextStudio();
  const base = useStudio((state) => state.record?.base ?? null);
  return useMemo(() => kernelMapsOn(kernels, base), [kernels, base]);
}
