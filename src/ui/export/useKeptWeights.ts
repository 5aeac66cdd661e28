/** The weights that a bundle can take along: of which runs, how large, and the files themselves, one run after another. */
import { useEffect, useState } from 'react';
import type { RunKey } from '../../experiment/events.ts';
import type { ReportFile } from '../../report/reportFile.ts';
import { useLook } from '../studioContext.ts';

interface KeptWeights {
  readonly runs: readonly RunKey[];
  readonly bytes: number;
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
  const files = async () => {
    const all: ReportFile[] = [];
    for (const run of kept.runs) {
      const told = await look.ask({ what: 'weights', run });
      if ('refusal' in told) throw new Error(told.refusal.message);
      all.push(told.answer.file);
    }
    return all;
  };
  return { ...kept, files };
}
