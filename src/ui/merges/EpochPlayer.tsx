/** The epoch that is looked at: a slider, and the run played back epoch by epoch. At its right end: all epochs, and those to come. */
import { useEffect, useState } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { useActions, useGetState, useStudio } from '../studioContext.ts';

const epochMs = 800;

export function EpochPlayer() {
  const last = useStudio((state) => state.record?.started.recipe.finetune.epochs ?? 0);
  const epoch = useStudio((state) => state.selection.epoch);
  const alone = useStudio((state) => state.mergeLook.epochAlone);
  const { select, lookAtMerges } = useActions();
  const getState = useGetState();
  const [playing, setPlaying] = useState(false);

  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => {
      const next = (getState().selection.epoch ?? last) + 1;
      if (next > last) setPlaying(false);
      else select({ epoch: next });
    }, epochMs);
    return () => clearInterval(timer);
  }, [playing, last, select, getState]);

  const play = () => {
    if (!playing) select({ epoch: 1 });
    setPlaying(!playing);
  };
  // One step beyond the last epoch stands for all of them.
  const position = epoch === null ? last + 1 : Math.min(epoch, last);
  const text = epoch === null ? 'all epochs' : alone ? `epoch ${epoch} alone` : `up to epoch ${epoch}`;
  return (
    <div className="epoch-player" role="group" aria-label="Epochs shown">
      <button
        type="button"
        className="btn btn-icon"
        aria-label={playing ? 'Stop playing' : 'Play epoch by epoch'}
        title={playing ? 'Stop' : 'Play epoch by epoch'}
        onClick={play}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <input
        type="range"
        aria-label="Epoch"
        aria-valuetext={text}
        min={1}
        max={last + 1}
        value={Math.max(1, position)}
        onChange={(event) => {
          const value = Number(event.target.value);
          setPlaying(false);
          select({ epoch: value > last ? null : value });
        }}
      />
      <span className="epoch-text" data-testid="merge-epoch">
        {text}
      </span>
      <label className="epoch-alone">
        <input type="checkbox" checked={alone} onChange={(event) => lookAtMerges({ epochAlone: event.target.checked })} />
        one epoch alone
      </label>
    </div>
  );
}
