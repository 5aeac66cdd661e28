/** The weights that a bundle can take along: of which runs, how large, and the files themselves, one run after another. */
import { useEffect, useState } from 'react';
import type { RunKey } from '../../experiment/events.ts';
import type { ReportFile } from '../../report/reportFile.ts';
import { useLook } from '../studioContext.ts';

export interface KeptWeights {
  readonly runs: readonly RunKey[];
  readonly bytes: number;
  readonly file: (run: RunKey) => Promise<ReportFile>;
  /** All of them, one after another. */
  readonly files: () => Promise<ReportFile[]>;
}

/** Null where none are kept, and until that is known. */
export function useKeptWeights(): KeptWeights | null {
  const look = useLook();
  const [kept, setKept] = useState<Pick<KeptWeights, 'runs' | 'bytes'> | null>(null);
  useEffect(() => {
    let left = false;
    void look.ask({ what: 'kept-weights' }).then((told) => {
      if (!left && 'answer' in told && told.answer.runs.length > 0) setKept(told.answer);
    });
    return () => {
      left = true;
    };
  }, [look]);
  if (kept === null) return null;
  const file = async (run: RunKey) => {
    const told = await look.ask({ what: 'weights', run });
    if ('refusal' in told) throw new Error(told.refusal.message);
    return told.answer.file;
  };
  const files = async () => {
    const all: ReportFile[] = [];
    for (const run of kept.runs) all.push(await file(run));
    return all;
  };
  return { ...kept, file, files };
}
