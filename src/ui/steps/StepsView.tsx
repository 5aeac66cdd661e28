/** Step by step: a merge and a gradient step, one at a time on a copy of the run, with what each of them did. */
import { useEffect, useMemo, useState } from 'react';
import { armsAtHand, mayStep } from '../../store/stepping.ts';
import { comparedArms } from '../../store/arms.ts';
import { convolutionTitles, networkOf, networkView } from '../../store/networkView.ts';
import { bytes } from '../numbers.ts';
import { singleKeysOn } from '../frame/singleKeys.ts';
import { typesInto } from '../frame/useKeys.ts';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';
import '../styles/steps.css';
import { GradientStep } from './GradientStep.tsx';
import { LossChange } from './LossChange.tsx';
import { MergeStep } from './MergeStep.tsx';
import { StepBar } from './StepBar.tsx';

export function StepsView() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const stepping = useStudio((state) => state.stepping);
  const resting = useStudio(mayStep);
  const { takeStep } = useActions();
  const arms = useFromRecord(armsAtHand) ?? [null];
  const ready = resting && arms.length > 0;
  const [choice, setChoice] = useState<string | null>(null);
  const merging = record === null ? null : comparedArms(record.started.recipe).inmerge;
  const wanted = stepping?.copy?.run.arm ?? choice ?? merging;
  const arm = arms.includes(wanted) ? wanted : (arms.at(-1) ?? null);
  const titles = useMemo(
    () => (record === null ? [] : convolutionTitles(networkOf(record.started.recipe, dataset))),
    [record, dataset],
  );

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!singleKeysOn() || event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target)) return;
      const key = event.key.toLowerCase();
      if (!ready) return;
      if (key === 'm') takeStep('merge', arm);
      else if (key === 'g') takeStep('gradient', arm);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [arm, ready, takeStep]);

  if (record === null) return null;
  const report = stepping?.report ?? null;
  const own = (stepping?.copy?.run.base ?? null) === record.base;
  const copy = own ? (stepping?.copy ?? null) : null;
  return (
    <div className="steps-screen" data-testid="steps" data-steps={stepping?.taken.length ?? 0}>
      <StepBar arms={arms} arm={arm} onArm={setChoice} ready={ready} />
      <div className="steps-body">
        {copy === null || report === null ? (
          <Start
            ready={ready}
            elsewhere={arms.length === 0 && record.latest !== null ? record.on(record.latest.base ?? null).title : null}
          />
        ) : report.kind === 'merge' ? (
          <MergeStep report={report} copy={copy} titles={titles} />
        ) : (
          <GradientStep report={report} copy={copy} />
        )}
        {stepping !== null && stepping.taken.length > 0 && <LossChange taken={stepping.taken} />}
      </div>
    </div>
  );
}

/** Before the first step: what there will be to see. */
function Start({ ready, elsewhere }: { ready: boolean; elsewhere: string | null }) {
  const reopened = useStudio((state) => state.reopened !== null);
  const recipe = useStudio((state) => state.record?.started.recipe ?? null);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const size = useMemo(() => (recipe === null ? 0 : networkView(recipe, dataset).trainingBytes), [recipe, dataset]);
  return (
    <section className="panel steps-start">
      <div className="panel-body">
        <h2>One step at a time</h2>
        <p className="q2">
          Training with InMerge is two steps in turns. The <b>merge step</b> tosses a coin for every kernel; where it falls below
          p, the kernel draws a partner, and takes a share of it if the two are more alike than τ. The <b>gradient step</b> then
          moves all weights down the slope of the loss of one batch.
        </p>
        <p className="q2">
          Here each of them is taken alone, on a copy of the run, with the draws and the batch that the run’s own next step will
          have. The copy shows which coins fell, which pairs were tried and which passed, and the loss of the same images before
          and after. Nothing of it goes back into the run: resumed, it gives the same bits as if no step had been taken here. The
          copy needs up to {bytes(size)} beside the run, until the run goes on.
        </p>
        {!ready && (
          <p className="b" data-testid="steps-wait">
            {reopened
              ? 'The networks of a past experiment are not kept: train its recipe again to step through it.'
              : elsewhere !== null
                ? `The networks at hand are those of ${elsewhere}: show it to take a step.`
                : 'Pause the training to take a step.'}
          </p>
        )}
      </div>
    </section>
  );
}
