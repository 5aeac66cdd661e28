/** One past experiment: what it was made with, what it found, and what can be done with it now. */
import { memo } from 'react';
import { freedBytes, pastTitle } from '../../store/libraryActions.ts';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { bytes, moment, percent, plural, points } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';
import { useActions } from '../studioContext.ts';

interface PastRowProps {
  readonly saved: SavedExperiment;
  /** An experiment runs in this tab: nothing else can be opened. */
  readonly busy: boolean;
  /** Something was asked of this one, and the worker has not answered yet. */
  readonly asked: boolean;
  /** Ticked for comparison; null where there is nothing to compare it with. */
  readonly ticked: boolean | null;
  readonly onAct: (act: 'delete' | 'rename' | 'duplicate' | 'tick', saved: SavedExperiment) => void;
}

const words = { rename: 'Rename', delete: 'Delete' } as const;

export const PastRow = memo(function PastRow({ saved, busy, asked, ticked, onAct }: PastRowProps) {
  const { openPast, resumePast } = useActions();
  const { state, difference, interval, on, seeds } = saved;
  const title = pastTitle(saved);
  const blocked = busy || asked || state === 'running';
  const why = busy ? 'After the experiment that is running' : state === 'running' ? 'It is running in another tab' : undefined;
  return (
    <li className="past-row" data-testid="past-row" data-state={state} data-id={saved.id}>
      <p className="past-name">
        {ticked !== null && (
          <input
            type="checkbox"
            checked={ticked}
            aria-label={`Compare ${title}`}
            title="Tick two to compare them"
            onChange={() => onAct('tick', saved)}
          />
        )}
        <Name text={title} longest={32} />
      </p>
      <p className="past-difference">{difference === null ? <span className="q">–</span> : `${points(difference)} pp`}</p>
      <p className="past-facts">
        {moment(saved.startedAt)} · {plural(seeds, 'seed')} ·{' '}
        <span title="What deleting it frees">{bytes(freedBytes(saved))}</span> ·{' '}
        <span className={`past-${state}`}>{stateText(saved, busy)}</span>
      </p>
      <p className="past-interval">
        {on !== undefined && difference !== null && <Name text={`on ${on} `} longest={24} />}
        {interval ? `[${points(interval[0])}, ${points(interval[1])}]` : ''}
      </p>
      <p className="past-foot-row">
        {state === 'interrupted' && (
          <button
            type="button"
            className="link"
            disabled={blocked}
            title={why}
            aria-label={`Resume ${title}`}
            onClick={() => resumePast(saved)}
          >
            Resume
          </button>
        )}
        <button
          type="button"
          className="link"
          disabled={blocked}
          title={why}
          aria-label={`Open ${title}`}
          onClick={() => openPast(saved)}
        >
          Open
        </button>
        <button type="button" className="link" aria-label={`Duplicate ${title}`} onClick={() => onAct('duplicate', saved)}>
          Duplicate
        </button>
        {(['rename', 'delete'] as const).map((act) => (
          <button
            key={act}
            type="button"
            className="link"
            disabled={asked || state === 'running'}
            title={state === 'running' ? why : undefined}
            aria-label={`${words[act]} ${title}`}
            onClick={() => onAct(act, saved)}
          >
            {words[act]}
          </button>
        ))}
      </p>
    </li>
  );
});

function stateText({ state, fraction }: SavedExperiment, here: boolean): string {
  if (state === 'finished') return 'finished';
  if (state === 'interrupted') return `interrupted at ${percent(fraction, 0)}`;
  return here ? `running, ${percent(fraction, 0)}` : `running in another tab, ${percent(fraction, 0)}`;
}
