/** Experiments kept in this browser: what they found, and the way back into them. Other tabs train and delete, too. */
import { useEffect, useState } from 'react';
import { isRunning } from '../../store/status.ts';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { bytes } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { PastRow } from './PastRow.tsx';

/** While another tab trains, its row is asked for again this often. */
const elsewhereMs = 3000;

export function PastExperiments({ whereNone = 'nothing' }: { whereNone?: 'nothing' | 'a word' }) {
  const past = useStudio((state) => state.past);
  const asked = useStudio((state) => state.asked?.id ?? null);
  const running = useStudio((state) => isRunning(state.status) || state.measuring !== null);
  const { listPast } = useActions();
  const [deleting, setDeleting] = useState<SavedExperiment | null>(null);
  const elsewhere = !running && (past?.some((saved) => saved.state === 'running') ?? false);
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible') listPast();
    };
    document.addEventListener('visibilitychange', refresh);
    const timer = elsewhere ? setInterval(refresh, elsewhereMs) : undefined;
    return () => {
      document.removeEventListener('visibilitychange', refresh);
      clearInterval(timer);
    };
  }, [elsewhere, listPast]);
  if (past === null || (past.length === 0 && whereNone === 'nothing')) return null;
  return (
    <Panel
      title="Past experiments"
      scope={past.length === 0 ? undefined : 'InMerge − Baseline, test'}
      className="past"
      testId="past"
    >
      {past.length === 0 ? (
        <p className="panel-body sm q">
          None yet. An experiment is saved here while it trains, and goes on after a reload or a crash.
        </p>
      ) : (
        <>
          <ul className="past-list">
            {past.map((saved) => (
              <PastRow key={saved.id} saved={saved} busy={running} asked={asked === saved.id} onDelete={setDeleting} />
            ))}
          </ul>
          <p className="past-foot">Kept in this browser, {bytes(past.reduce((sum, saved) => sum + saved.bytes, 0))}</p>
        </>
      )}
      {deleting !== null && <DeleteDialog saved={deleting} onClose={() => setDeleting(null)} />}
    </Panel>
  );
}
