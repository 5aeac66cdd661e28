/** The three curves of the experiment. Everything here and below it is one lazily loaded chunk with recharts. */
import { type ReactNode } from 'react';
import { comparedArms } from '../../store/arms.ts';
import { epochCurve, lossCurve, type CurvePoint, type Pick } from '../../store/curves.ts';
import { bucketWidth } from '../../store/decimate.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import { auc, integer, loss, percent } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { useFromRecord, useStudio } from '../studioContext.ts';
import type { Scope, Series } from './chartModel.ts';
import { CurveChart } from './CurveChart.tsx';

/** Backbone epochs shown before fine-tuning, where not all are. */
const backboneShown = 4;
/** Points of a loss curve in one phase. */
const lossPoints = 200;

const accuracyOf: Pick = (point) => point.val.accuracy;
const aucOf: Pick = (point) => point.val.auc;
const percentValue = (value: number): string => (value * 100).toFixed(1);
const percentFull = (value: number): string => percent(value, 2);

export default function Charts({ scope, switcher }: { scope: Scope; switcher: ReactNode }) {
  const record = useStudio((state) => state.record);
  const validation = useStudio((state) => state.trainedOn?.dataset.counts.val ?? null);
  const curves = useFromRecord(allCurves);
  if (record === null || curves === null) return null;
  const { backbone, finetune, dataset } = record.started.recipe;
  const images = validation === null ? null : Math.min(validation, dataset.take.val ?? Infinity);
  // The first backbone point is the end of its epoch 1, which stands at 1 - epochs.
  const from = -Math.max(1, scope === 'all' ? backbone.epochs - 1 : Math.min(backboneShown, backbone.epochs - 1));
  const shared = { to: finetune.epochs, backboneEpochs: backbone.epochs };
  return (
    <>
      <Panel
        title="Validation accuracy"
        className="p-accuracy"
        scope={<>%{images !== null && <span className="wide-only">, {integer(images)} images</span>}, after each epoch</>}
        end={switcher ?? undefined}
      >
        <CurveChart
          {...shared}
          from={from}
          name="Validation accuracy"
          curves={curves.accuracy}
          scale={100}
          value={percentValue}
          full={percentFull}
          floor={0}
          ceiling={1}
          unit="%"
          bands="seeds"
        />
      </Panel>
      <Panel title="Validation AUC" className="p-auc" scope="one class against the rest, mean of classes">
        <CurveChart
          {...shared}
          from={from}
          name="Validation AUC"
          curves={curves.auc}
          scale={1}
          value={auc}
          full={auc}
          floor={0}
          ceiling={1}
          unit=""
          bands="seeds"
        />
      </Panel>
      <Panel
        title="Training loss"
        className="p-loss"
        scope={`cross-entropy, ${curves.width === 1 ? 'each step' : `mean of ${curves.width} steps`}`}
      >
        <CurveChart
          {...shared}
          from={scope === 'all' ? -backbone.epochs : 0}
          name="Training loss"
          curves={curves.loss}
          scale={1}
          value={loss}
          full={loss}
          floor={0}
          ceiling={Infinity}
          unit=""
          bands={curves.width === 1 ? 'none' : 'steps'}
        />
      </Panel>
    </>
  );
}

function allCurves(record: ExperimentRecord) {
  const { recipe, backboneSteps, finetuneSteps } = record.started;
  const { baseline, inmerge } = comparedArms(recipe);
  const epochs = recipe.backbone.epochs;
  const width = bucketWidth(Math.max(backboneSteps, finetuneSteps), lossPoints);
  const shifted = (points: readonly CurvePoint[]) => points.map((point) => ({ ...point, x: point.x - epochs }));
  const three = (make: (arm: string | null) => CurvePoint[]): Record<Series, readonly CurvePoint[]> => ({
    backbone: shifted(make(null)),
    baseline: baseline === null ? [] : make(baseline),
    inmerge: inmerge === null ? [] : make(inmerge),
  });
  return {
    accuracy: three((arm) => epochCurve(record, arm, accuracyOf)),
    auc: three((arm) => epochCurve(record, arm, aucOf)),
    loss: three((arm) => lossCurve(record, arm, width)),
    width,
  };
}
