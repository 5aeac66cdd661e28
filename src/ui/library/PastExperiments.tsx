/** Experiments kept in this browser: what they found, and the way back into them. Other tabs train and delete, too. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { Described } from '../../store/archive.ts';
import { pastTitle } from '../../store/libraryActions.ts';
import { isRunning } from '../../store/status.ts';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useArchive, useStudio } from '../studioContext.ts';
import { PastRow } from './PastRow.tsx';

/** What the first screen can be drawn without. */
const StorageFoot = lazy(() => import('./StorageFoot.tsx'));
const RenameDialog = lazy(() => import('./RenameDialog.tsx'));
const DeleteDialog = lazy(() => import('./DeleteDialog.tsx'));
const CompareDialog = lazy(() => import('./CompareDialog.tsx'));

/** While another tab trains, its row is asked for again this often. */
const elsewhereMs = 3000;

export function PastExperiments({ whereNone = 'nothing' }: { whereNone?: 'nothing' | 'a word' }) {
  const past = useStudio((state) => state.past);
  const asked = useStudio((state) => state.asked?.id ?? null);
  const running = useStudio((state) => isRunning(state.status) || state.measuring !== null);
  const { listPast, loadRecipe, refuse } = useActions();
  const archive = useArchive();
  const [deleting, setDeleting] = useState<SavedExperiment | null>(null);
  const [renaming, setRenaming] = useState<SavedExperiment | null>(null);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [compared, setCompared] = useState<readonly [Described, Described] | null>(null);
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

  const describe = useCallback(
    async (id: string): Promise<Described | null> => {
      const told = await archive.ask({ what: 'describe', experiment: id });
      if ('answer' in told) return told.answer;
      refuse('The experiment could not be read', told.refusal);
      return null;
    },
    [archive, refuse],
  );
  const onAct = useCallback(
    (act: 'delete' | 'rename' | 'duplicate' | 'tick', saved: SavedExperiment) => {
      if (act === 'delete') setDeleting(saved);
      else if (act === 'rename') setRenaming(saved);
      // The last two ticked stay.
      else if (act === 'tick')
        setTicked((ids) => (ids.includes(saved.id) ? ids.filter((id) => id !== saved.id) : [...ids.slice(-1), saved.id]));
      else
        void describe(saved.id).then((found) => {
          if (found === null) return;
          const name = `${found.recipe.name.slice(0, 95)} copy`;
          loadRecipe(JSON.stringify({ ...found.recipe, name }), `the experiment ${pastTitle(saved)}`);
        });
    },
    [describe, loadRecipe],
  );
  const rename = async (saved: SavedExperiment, name: string) => {
    const told = await archive.ask({ what: 'rename', experiment: saved.id, name });
    if ('refusal' in told) refuse(`${pastTitle(saved)} was not renamed`, told.refusal);
  };
  const chosen = ticked.filter((id) => past?.some((saved) => saved.id === id) ?? false);
  const compare = async () => {
    const [first, second] = await Promise.all(chosen.map(describe));
    if (first && second) setCompared([first, second]);
  };

  if (past === null || (past.length === 0 && whereNone === 'nothing')) return null;
  return (
    <Panel
      title="Past experiments"
      // The button needs the room.
      scope={past.length === 0 || chosen.length === 2 ? undefined : 'InMerge − Baseline, test'}
      end={
        chosen.length === 2 ? (
          <button type="button" className="btn btn-28" onClick={() => void compare()}>
            Compare the two
          </button>
        ) : undefined
      }
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
              <PastRow
                key={saved.id}
                saved={saved}
                busy={running}
                asked={asked === saved.id}
                ticked={past.length > 1 ? ticked.includes(saved.id) : null}
                onAct={onAct}
              />
            ))}
          </ul>
        </>
      )}
      <Suspense fallback={null}>
        <StorageFoot busy={running} />
      </Suspense>
      <Suspense fallback={null}>
        {compared !== null && <CompareDialog pair={compared} onClose={() => setCompared(null)} />}
        {renaming !== null && (
          <RenameDialog saved={renaming} onName={(name) => void rename(renaming, name)} onClose={() => setRenaming(null)} />
        )}
        {deleting !== null && <DeleteDialog saved={deleting} onClose={() => setDeleting(null)} />}
      </Suspense>
    </Panel>
  );
}
