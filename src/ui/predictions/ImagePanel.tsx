/**
 * One image seen by both networks side by side: class scores, and Grad-CAM, which shows what in the image raises the score
 * of a class. An image of the gallery, or any picture that is dropped on the page.
 */
import { useEffect, useMemo, useRef } from 'react';
import type { TestSplit } from '../../report/classMetrics.ts';
import type { Classified } from '../../store/look.ts';
import { truthOf, type ArmPredictions } from '../../store/predictions.ts';
import type { LookedImage } from '../../worker/lookProtocol.ts';
import { ProblemCard } from '../data/ProblemCard.tsx';
import { percent } from '../numbers.ts';
import { usePage } from '../pageContext.ts';
import { Name, shortName } from '../parts/Name.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useActions } from '../studioContext.ts';
import { useNarrow } from '../useNarrow.ts';
import { ClassScores } from './ClassScores.tsx';
import { Picture } from './Picture.tsx';
import { useClassified } from './useClassified.ts';
import { FileInput } from '../parts/FileInput.tsx';

export type Subject = { readonly kind: 'test'; readonly position: number } | { readonly kind: 'picture'; readonly file: File };

interface ImagePanelProps {
  readonly split: TestSplit;
  readonly arms: readonly ArmPredictions[];
  readonly subject: Subject | null;
  /** The class that Grad-CAM is asked about; null for the one that the first arm scores highest. */
  readonly classIndex: number | null;
  readonly onClass: (classIndex: number | null) => void;
}

/** Height of a panel's head, which stays in view, pixels. */
const headHeight = 48;

export function ImagePanel({ split, arms, subject, classIndex, onClass }: ImagePanelProps) {
  const { chooseFile } = usePage();
  const runs = useMemo(() => arms.map(({ run }) => run), [arms]);
  const image = useMemo((): LookedImage | null => {
    if (subject === null) return null;
    return subject.kind === 'picture' ? { file: subject.file } : { testImage: split.images[subject.position] as number };
  }, [subject, split]);
  const state = useClassified(image, runs, classIndex);
  const answered = state.at === 'answered';
  const narrow = useNarrow();
  const body = useRef<HTMLDivElement>(null);
  // In one column the answer may stand far below the image that was chosen.
  useEffect(() => {
    const screen = body.current?.closest('.screen');
    if (!narrow || image === null || !screen || body.current === null) return;
    const below = body.current.getBoundingClientRect().top - screen.getBoundingClientRect().top;
    screen.scrollBy({ top: below - headHeight });
  }, [narrow, image, answered]);
  const answer = answered ? state.answer : state.at === 'asking' ? state.before : null;
  return (
    <Panel
      title="One image"
      className="one-image"
      testId="one-image"
      scope={subject === null ? undefined : <SubjectName subject={subject} split={split} />}
      end={<ChoosePicture />}
    >
      <div ref={body} className="panel-body one-image-body" data-at={state.at} aria-live="polite">
        {subject === null && (
          <p className="sm q2">
            Choose an image of the gallery, or drop any picture (PNG, JPEG, WebP) on the page: both networks say what they take it
            for, and where they look.
          </p>
        )}
        {state.at === 'refused' && (
          <>
            <ProblemCard problem={state.refusal} />
            {state.refusal.code === 'dataset-gone' && (
              <button type="button" className="btn btn-28" onClick={chooseFile}>
                Choose the file
              </button>
            )}
          </>
        )}
        {state.at === 'asking' && answer === null && <p className="sm q">Asking the networks …</p>}
        {answer !== null && <Answered split={split} arms={arms} answer={answer} onClass={onClass} />}
      </div>
    </Panel>
  );
}

function SubjectName({ subject, split }: { subject: Subject; split: TestSplit }) {
  if (subject.kind === 'picture') return <Name text={subject.file.name} longest={18} />;
  const truth = truthOf(split, subject.position).map((k) => split.classNames[k] ?? '');
  return (
    <>
      test {split.images[subject.position]}: <Name text={truth.join(', ') || 'no label'} longest={14} />
    </>
  );
}

/** Opens a picture without drag and drop. */
function ChoosePicture() {
  const { lookAt } = useActions();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="link" onClick={() => picker.current?.click()}>
        Choose a picture
      </button>
      <FileInput
        picker={picker}
        label="Picture to classify"
        testId="picture-file"
        accept="image/*"
        onFile={(file) => lookAt(file)}
      />
    </>
  );
}

interface AnsweredProps {
  readonly split: TestSplit;
  readonly arms: readonly ArmPredictions[];
  readonly answer: Classified;
  readonly onClass: (classIndex: number) => void;
}

function Answered({ split, arms, answer, onClass }: AnsweredProps) {
  const { classIndex, image, cutFrom } = answer;
  const className = split.classNames[classIndex] ?? '';
  const [first] = answer.arms;
  return (
    <>
      <div className="seen">
        <figure>
          <Picture image={image} side={84} label="The image as the networks get it" />
          <figcaption className="xs q">
            {image.width} × {image.height}
          </figcaption>
        </figure>
        {answer.arms.map(({ run, scores, map, mapHeight, mapWidth }, at) => {
          const top = scores.indexOf(Math.max(...scores));
          const empty = map.every((value) => value === 0);
          const title = arms[at]?.title ?? '';
          return (
            <figure key={run.arm}>
              <Picture
                image={image}
                side={84}
                heat={{ map, height: mapHeight, width: mapWidth }}
                label={
                  empty
                    ? `${title}: nothing in the image raises the score of ${className}`
                    : `${title}: where it sees ${className}`
                }
              />
              <figcaption className="xs">
                <span className={arms[at]?.merges === true ? 'label-inmerge' : 'label-baseline'}>{title}</span>{' '}
                {split.task === 'multi-label' ? null : (
                  <>
                    {shortName(split.classNames[top] ?? '', 14)} {percent(scores[top] ?? 0, 0)}
                  </>
                )}
                {empty && <span className="q"> nothing raises it</span>}
              </figcaption>
            </figure>
          );
        })}
      </div>
      <ClassScores
        split={split}
        arms={arms}
        scores={answer.arms.map(({ scores }) => scores)}
        chosen={classIndex}
        onClass={onClass}
      />
      <p className="xs q">
        Grad-CAM: what in the last convolution’s {first?.mapWidth} × {first?.mapHeight} map raises the score of{' '}
        {shortName(className, 24)}; yellow is the strongest place, each map on its own scale.
        {cutFrom !== null && (
          <>
            {' '}
            The picture ({cutFrom.width} × {cutFrom.height}) was cut to its middle and made {image.width} × {image.height}
            {image.channels === 1 && ', grey'}, as the dataset’s images are. A network names one of its classes whatever it is
            shown.
          </>
        )}
      </p>
    </>
  );
}
