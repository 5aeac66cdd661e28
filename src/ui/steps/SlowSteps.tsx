/** The controls of the slow mode, above what it plays. */
import type { ReactNode } from 'react';
import { Icon } from '../parts/Icon.tsx';
import type { Slow } from './useSlow.ts';

export function SlowSteps({ slow, label, children }: { slow: Slow; label: string; children: ReactNode }) {
  const { stage, stages, playing, play, stop, go } = slow;
  return (
    <div className="panel-body slow">
      <div className="slow-bar" role="group" aria-label={`Slow mode of the ${label}`}>
        <button type="button" className="btn btn-28" onClick={playing ? stop : play}>
          <Icon name={playing ? 'pause' : 'play'} />
          {playing ? 'Stop' : 'Play slowly'}
        </button>
        <button type="button" className="btn btn-28 btn-bare" disabled={stage === 0} onClick={() => go(stage - 1)}>
          Back
        </button>
        <button type="button" className="btn btn-28 btn-bare" disabled={stage === stages - 1} onClick={() => go(stage + 1)}>
          On
        </button>
        <span className="q sm">
          {stage + 1} of {stages}
        </span>
      </div>
      {children}
    </div>
  );
}
