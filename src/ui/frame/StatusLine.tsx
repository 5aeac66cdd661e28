/** What the studio is doing, in words first, with a bar of two segments a seed: its backbone, then both arms in turns. */
import { memo } from 'react';
import { useStudio } from '../studioContext.ts';
import { isRunning, progressOf } from '../../store/status.ts';
import { statusText } from './statusText.ts';

export function StatusLine() {
  const status = useStudio((state) => state.status);
  const recipe = useStudio((state) => state.record?.started.recipe ?? null);
  const fraction =
    status.at === 'finished' ? 1 : status.at === 'training' || status.at === 'paused' ? (status.progress?.fraction ?? 0) : null;
  const on = useStudio((state) => state.record?.on(progressOf(state.status)?.run.base ?? null).title ?? '');
  const bases = useStudio((state) => state.record?.bases.length ?? 1);
  const { text, end } = statusText(status, recipe?.seeds ?? [], on);
  // A seed has a backbone on each base.
  const passes = (recipe?.seeds.length ?? 0) * bases;
  const segments = passes * 2;
  return (
    <div className="status" data-testid="status" data-at={status.at}>
      <p>
        <span aria-live={isRunning(status) ? 'off' : 'polite'}>{text}</span>
        <span className="q">{end}</span>
      </p>
      {recipe !== null && fraction !== null && segments <= 120 && (
        <RunBar
          seeds={passes}
          backbone={recipe.backbone.epochs}
          finetune={recipe.finetune.epochs}
          arms={recipe.arms.length}
          fraction={fraction}
        />
      )}
    </div>
  );
}

interface RunBarProps {
  readonly seeds: number;
  readonly backbone: number;
  readonly finetune: number;
  readonly arms: number;
  readonly fraction: number;
}

const RunBar = memo(function RunBar({ seeds, backbone, finetune, arms, fraction }: RunBarProps) {
  const widths = Array.from({ length: seeds }, () => [backbone, arms * finetune])
    .flat()
    .map((epochs) => Math.max(epochs, 0.01));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const ends = widths.map((_, k) => widths.slice(0, k + 1).reduce((sum, width) => sum + width, 0));
  return (
    <div className="run-bar" aria-hidden="true" style={{ gridTemplateColumns: widths.map((width) => `${width}fr`).join(' ') }}>
      {widths.map((width, k) => {
        const filled = Math.min(1, Math.max(0, 1 + (fraction * total - (ends[k] ?? 0)) / width));
        return (
          <i key={k} className={k % 2 === 1 ? 'seed-end' : undefined}>
            <b style={{ transform: `scaleX(${filled})` }} />
          </i>
        );
      })}
    </div>
  );
});
