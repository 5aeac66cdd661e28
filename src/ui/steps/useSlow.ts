/** The slow mode: stages that follow one another at a pace for reading, or by hand. Stands at the last stage while it rests. */
import { useEffect, useState } from 'react';

export const stageMs = 1100;

export interface Slow {
  /** The stage reached, 0-based; all before it are shown. */
  readonly stage: number;
  readonly stages: number;
  readonly playing: boolean;
  readonly play: () => void;
  readonly stop: () => void;
  readonly go: (stage: number) => void;
}

/**
 * @param subject what is played: another subject starts at its first stage while playing, and at its last while resting
 * @param onEnd called when the last stage has been shown; returns false where nothing follows
 */
export function useSlow(stages: number, subject: string, onEnd?: () => boolean): Slow {
  const [state, setState] = useState({ subject, stage: stages - 1, playing: false });
  const current = state.subject === subject ? state : { subject, stage: state.playing ? 0 : stages - 1, playing: state.playing };
  const { stage, playing } = current;
  const set = (change: Partial<typeof state>) => setState({ ...current, ...change });

  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      if (stage < stages - 1) setState({ subject, stage: stage + 1, playing: true });
      else if (onEnd?.() !== true) setState({ subject, stage, playing: false });
    }, stageMs);
    return () => clearTimeout(timer);
  }, [playing, stage, stages, subject, onEnd]);

  return {
    stage,
    stages,
    playing,
    play: () => set({ stage: 0, playing: true }),
    stop: () => set({ playing: false, stage: stages - 1 }),
    go: (to) => set({ stage: Math.max(0, Math.min(stages - 1, to)), playing: false }),
  };
}
