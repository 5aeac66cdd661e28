/** One image of the gallery as a button: its pixels, what it is, and what each arm took it for with that score. */
import { memo } from 'react';
import type { TestSplit } from '../../report/classMetrics.ts';
import { answerOf, truthOf, type ArmPredictions } from '../../store/predictions.ts';
import type { ImagePixels } from '../../worker/lookProtocol.ts';
import { shortName } from '../parts/Name.tsx';
import { Picture } from './Picture.tsx';

interface TileProps {
  readonly split: TestSplit;
  readonly arms: readonly ArmPredictions[];
  readonly position: number;
  /** Null until it is here. */
  readonly image: ImagePixels | null;
  readonly chosen: boolean;
  readonly onChoose: (position: number) => void;
}

const side = 56;

export const Tile = memo(function Tile({ split, arms, position, image, chosen, onChoose }: TileProps) {
  const names = (classes: readonly number[]) => classes.map((k) => split.classNames[k] ?? '').join(', ') || 'none';
  const truths = truthOf(split, position);
  const truth = names(truths);
  return (
    <button
      type="button"
      className="gallery-tile"
      aria-pressed={chosen}
      data-position={position}
      onClick={() => onChoose(position)}
    >
      <span className="gallery-tile-image" style={{ width: side, height: side }}>
        {image !== null && <Picture image={image} side={side} label={`Test image ${split.images[position]}`} />}
      </span>
      <span className="gallery-tile-text">
        <bdi title={truth}>{shortName(truth, 20)}</bdi>
        {arms.map((arm) => {
          const right = arm.imageRight[position] === 1;
          const answers = answerOf(arm, split, position);
          const answer = split.task === 'multi-label' ? difference(truths, answers, split.classNames) : names(answers);
          const score = split.task === 'multi-label' ? null : scoreOf(arm, split, position);
          return (
            <span key={arm.title} className={`gallery-tile-answer ${right ? 'q' : ''}`}>
              <i className={arm.merges ? 'mark-inmerge' : 'mark-baseline'} />
              <span className="vh">{arm.title}: </span>
              <bdi title={answer}>{right ? 'right' : shortName(answer, 13)}</bdi>
              {score !== null && <span className="num">{score.toFixed(2)}</span>}
            </span>
          );
        })}
      </span>
    </button>
  );
});

/** What was reported too much, and what was missed. */
function difference(truths: readonly number[], answers: readonly number[], names: readonly string[]): string {
  const more = answers.filter((k) => !truths.includes(k)).map((k) => `+${names[k]}`);
  const less = truths.filter((k) => !answers.includes(k)).map((k) => `−${names[k]}`);
  return [...more, ...less].join(' ');
}

function scoreOf({ scores, predicted }: ArmPredictions, { classNames }: TestSplit, position: number): number {
  return scores[position * classNames.length + (predicted[position] as number)] as number;
}
