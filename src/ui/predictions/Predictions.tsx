/**
 * The Predictions tab: who was taken for whom by each arm, ROC curves, the images behind it, and one image or picture seen
 * by both networks side by side.
 */
import { useCallback, useMemo, useState } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import { comparedArms } from '../../store/arms.ts';
import {
  galleryImages,
  predictionsFrom,
  type ChosenCell,
  type GalleryFilter,
  type Predictions as Predicted,
} from '../../store/predictions.ts';
import { isRunning } from '../../store/status.ts';
import { useActions, useStudio } from '../studioContext.ts';
import '../styles/predictions.css';
import { Agreement } from './Agreement.tsx';
import { Confusions } from './Confusions.tsx';
import { Gallery } from './Gallery.tsx';
import { ImagePanel, type Subject } from './ImagePanel.tsx';
import { RocPanel } from './RocPanel.tsx';

export default function Predictions() {
  const record = useStudio((state) => state.record);
  const revision = useStudio((state) => state.revision);
  const selection = useStudio((state) => state.selection);
  const { seed, arm } = selection;
  const predictions = useMemo(
    () => (record === null || revision < 0 ? null : predictionsFrom(record, { seed, arm })),
    [record, revision, seed, arm],
  );
  if (record === null) return null;
  return predictions === null ? <Nothing /> : <Shown key={predictions.seed} predictions={predictions} />;
}

function Shown({ predictions }: { predictions: Predicted }) {
  const { seed, seeds, split, arms } = predictions;
  const recipe = useStudio((state) => state.record?.started.recipe);
  const picture = useStudio((state) => state.picture);
  const { select, forgetPicture } = useActions();
  const [filter, setFilter] = useState<GalleryFilter>('wrong');
  const [cell, setCell] = useState<ChosenCell | null>(null);
  const [image, setImage] = useState<number | null>(null);
  const [classIndex, setClassIndex] = useState<number | null>(null);
  const images = useMemo(() => galleryImages(predictions, filter, cell), [predictions, filter, cell]);

  const choose = useCallback(
    (position: number) => {
      forgetPicture();
      setImage(position);
    },
    [forgetPicture],
  );
  const subject = useMemo((): Subject | null => {
    if (picture !== null) return { kind: 'picture', file: picture };
    return image === null ? null : { kind: 'test', position: image };
  }, [picture, image]);
  const others = recipe === undefined ? [] : recipe.arms.filter(({ name }) => name !== comparedArms(recipe).baseline);
  return (
    <div className="pad predictions" data-testid="predictions" data-seed={seed}>
      <header className="predictions-head">
        {seeds.length > 1 && (
          <label className="filter">
            Seed
            <select value={seed} onChange={(event) => select({ seed: Number(event.target.value) })}>
              {seeds.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
        )}
        {others.length > 1 && (
          <label className="filter">
            Against Baseline
            <select value={arms.at(-1)?.run.arm ?? ''} onChange={(event) => select({ arm: event.target.value })}>
              {others.map(({ name }) => (
                <option key={name} value={name}>
                  {armTitle(name)}
                </option>
              ))}
            </select>
          </label>
        )}
        <Agreement predictions={predictions} />
      </header>
      <div className="predictions-column">
        <Confusions predictions={predictions} cell={cell} onCell={setCell} />
        <Gallery
          key={`${filter} ${cell?.of} ${cell?.row} ${cell?.column}`}
          predictions={predictions}
          images={images}
          filter={filter}
          onFilter={(next) => {
            setCell(null);
            setFilter(next);
          }}
          cell={cell}
          onAll={() => setCell(null)}
          chosen={picture === null ? image : null}
          onChoose={choose}
        />
        <RocPanel predictions={predictions} />
      </div>
      <ImagePanel split={split} arms={arms} subject={subject} classIndex={classIndex} onClass={setClassIndex} />
    </div>
  );
}

function Nothing() {
  const running = useStudio((state) => isRunning(state.status));
  const tested = useStudio((state) =>
    [...(state.record?.runs.values() ?? [])].some((run) => run.result !== null && run.key.arm !== null),
  );
  return (
    <div className="pad">
      <section className="panel results-wait" data-testid="no-predictions">
        <p className="b">
          {tested
            ? 'There are no test scores to show'
            : running
              ? 'Predictions come when an arm is complete'
              : 'No arm was completed'}
        </p>
        <p className="q2">
          {tested
            ? 'Either the dataset has no test split, or the experiment is of a build that did not keep its scores. Run its recipe again to have them.'
            : running
              ? 'Each run is tested once, at the epoch that its validation selects. What it says about every test image then stands here.'
              : 'The experiment ended before a network was tested. Resume it, or run its recipe again.'}
        </p>
      </section>
    </div>
  );
}
