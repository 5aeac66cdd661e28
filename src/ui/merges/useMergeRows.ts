/** The rows of the log that are looked at, found anew when merges come or the filter changes; and the map that they make. */
import { useMemo } from 'react';
import { filteredRows } from '../../store/mergeFilter.ts';
import { listFilter, shownMap, type ShownMap } from '../../store/mergeLook.ts';
import { useStudio } from '../studioContext.ts';

/** Rows of the list; null: all. */
export function useListedRows(): Uint32Array | null {
  const record = useStudio((state) => state.record);
  const revision = useStudio((state) => state.revision);
  const selection = useStudio((state) => state.selection);
  const look = useStudio((state) => state.mergeLook);
  return useMemo(
    () => (record === null || revision < 0 ? null : filteredRows(record.log, listFilter(selection, look))),
    [record, revision, selection, look],
  );
}

export function useShownMap(): ShownMap | null {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const revision = useStudio((state) => state.revision);
  const selection = useStudio((state) => state.selection);
  const look = useStudio((state) => state.mergeLook);
  return useMemo(
    () => (record === null || revision < 0 ? null : shownMap(record, dataset, selection, look)),
    [record, dataset, revision, selection, look],
  );
}
