/** Scores of one image by class, both arms as bars on one scale from 0 to 1; a class chooses what Grad-CAM is asked. */
import type { TestSplit } from '../../report/classMetrics.ts';
import type { ArmPredictions } from '../../store/predictions.ts';
import { plural } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';

/** More classes than these show the highest scores only. */
const most = 14;

interface ClassScoresProps {
  readonly split: TestSplit;
  readonly arms: readonly ArmPredictions[];
  /** By arm. */
  readonly scores: readonly Float64Array[];
  readonly chosen: number;
  readonly onClass: (classIndex: number) => void;
}

export function ClassScores({ split, arms, scores, chosen, onClass }: ClassScoresProps) {
  const highest = (k: number) => Math.max(...scores.map((each) => each[k] ?? 0));
  const all = split.classNames.map((_, k) => k);
  const shown = all.length <= most ? all : all.toSorted((a, b) => highest(b) - highest(a)).slice(0, most);
  return (
    <>
      <ul className="class-scores" aria-label="Score of each class">
        {shown.map((k) => (
          <li key={k}>
            <button type="button" aria-pressed={k === chosen} title="Show where this class is seen" onClick={() => onClass(k)}>
              <Name text={split.classNames[k] ?? ''} longest={15} />
              <span className="score-bars">
                {scores.map((each, at) => (
                  <span key={at} className="score-bar">
                    <i
                      className={arms[at]?.merges === true ? 'fill-inmerge' : 'fill-baseline'}
                      style={{ transform: `scaleX(${each[k] ?? 0})` }}
                    />
                  </span>
                ))}
              </span>
              {scores.map((each, at) => (
                <span key={at} className={`num ${arms[at]?.merges === true ? 'label-inmerge' : 'label-baseline'}`}>
                  <span className="vh">{arms[at]?.title} </span>
                  {(each[k] ?? 0).toFixed(2)}
                </span>
              ))}
            </button>
          </li>
        ))}
      </ul>
      {all.length > most && (
        <p className="xs q">
          The {plural(most, 'class', 'classes')} with the highest scores, of {all.length}.
        </p>
      )}
    </>
  );
}
