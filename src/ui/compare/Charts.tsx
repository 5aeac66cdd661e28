/** The curves of the experiment, in three charts. Everything here and below it is one lazily loaded chunk with recharts. */
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { bandNames, bands, type Band } from '../../report/bands.ts';
import { epochCurves, lossCurves, type EpochCurves } from '../../store/curves.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import { auc, integer, loss, percent } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';
import { useSpread } from '../useSpread.ts';
import { ArmLegend } from './ArmLegend.tsx';
import { CurveChart } from './CurveChart.tsx';
import { PointedContext, RaisedContext } from './drawn.ts';
import type { Scope } from './chartModel.ts';
import { trainingMeaning } from './trainingMeaning.ts';

/** Backbone epochs shown before fine-tuning, where not all are. */
const backboneShown = 4;

/** From one chart to the next takes less: what the crosshair finds is not made anew on the way. */
const leavingMs = 400;

const percentValue = (value: number): string => (value * 100).toFixed(1);
const percentFull = (value: number): string => percent(value, 2);

export default function Charts({ scope, switcher }: { scope: Scope; switcher: ReactNode }) {
  // One after another: a chart that appears costs as much as many that change.
  const [drawn, setDrawn] = useState(0);
  const firstDrawn = useCallback(() => setDrawn((count) => Math.max(count, 1)), []);
  const secondDrawn = useCallback(() => setDrawn((count) => Math.max(count, 2)), []);
  const { band, training } = useStudio((state) => state.curveLook);
  const arms = useStudio((state) => state.selection.drawn);
  const { lookAtCurves } = useActions();
  const [raised, raise] = useState<string | null>(null);
  const raising = useMemo(() => ({ arm: raised, raise }), [raised]);
  // One computation for both charts of epochs.
  const compute = useMemo(() => epochCurves(band, arms, training), [band, arms, training]);
  const [pointed, setPointed] = useState(false);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pointing = useMemo(
    () => ({
      pointed,
      setPointed: (next: boolean) => {
        clearTimeout(leaving.current);
        if (next) setPointed(true);
        else leaving.current = setTimeout(() => setPointed(false), leavingMs);
      },
    }),
    [pointed],
  );
  const seeds = useStudio((state) => state.record?.seeds.length ?? 0);
  const recipe = useStudio((state) => state.record?.started.recipe ?? null);
  const validation = useStudio((state) => state.trainedOn?.dataset.counts.val ?? null);
  const span = useMemo((): Span | null => {
    if (recipe === null) return null;
    const epochs = recipe.backbone.epochs;
    // The first backbone point is the end of its epoch 1, which stands at 1 - epochs.
    const from = -Math.max(1, scope === 'all' ? epochs - 1 : Math.min(backboneShown, epochs - 1));
    return { from, lossFrom: scope === 'all' ? -epochs : 0, to: recipe.finetune.epochs, backboneEpochs: epochs };
  }, [recipe, scope]);
  if (recipe === null || span === null) return null;
  const images = validation === null ? null : Math.min(validation, recipe.dataset.take.val ?? Infinity);
  return (
    <PointedContext value={pointing}>
      <RaisedContext value={raising}>
        <ArmLegend />
        <Panel
          title="Validation accuracy"
          className="p-accuracy"
          scope={<span className="widest-only">%{images !== null && `, ${integer(images)} images`}</span>}
          end={
            <>
              <button
                type="button"
                className="btn btn-28"
                aria-pressed={training}
                title={trainingMeaning}
                onClick={() => lookAtCurves({ training: !training })}
              >
                Training
              </button>
              {switcher}
            </>
          }
        >
          <AccuracyChart span={span} band={band} compute={compute} onDrawn={firstDrawn} />
        </Panel>
        <Panel
          title="Validation AUC"
          className="p-auc"
          scope="one class against the rest"
          end={seeds > 1 ? <BandChoice value={band} onChange={(next) => lookAtCurves({ band: next })} /> : undefined}
        >
          {drawn > 0 && <AucChart span={span} band={band} compute={compute} onDrawn={secondDrawn} />}
        </Panel>
        <LossPanel span={span} waits={drawn < 2} />
      </RaisedContext>
    </PointedContext>
  );
}

interface Span {
  readonly from: number;
  readonly lossFrom: number;
  readonly to: number;
  readonly backboneEpochs: number;
}

interface EpochChartProps {
  readonly span: Span;
  readonly band: Band;
  readonly compute: (record: ExperimentRecord) => EpochCurves;
  readonly onDrawn: () => void;
}

function AccuracyChart({ span, band, compute, onDrawn }: EpochChartProps) {
  const { from, to, backboneEpochs } = useSpread(span, 1);
  const curves = useSpread(useFromRecord(compute), 1);
  return curves === null ? null : (
    <CurveChart
      from={from}
      to={to}
      backboneEpochs={backboneEpochs}
      name="Validation accuracy"
      curves={curves.accuracy}
      scale={100}
      value={percentValue}
      full={percentFull}
      floor={0}
      ceiling={1}
      unit="%"
      bands={band}
      onDrawn={onDrawn}
    />
  );
}

function AucChart({ span, band, compute, onDrawn }: EpochChartProps) {
  const { from, to, backboneEpochs } = useSpread(span, 2);
  const curves = useSpread(useFromRecord(compute), 2);
  if (curves === null) return null;
  const trained = [curves.accuracy.backbone, ...curves.accuracy.lines.map(({ points }) => points)].some(
    ({ length }) => length > 0,
  );
  return (
    <CurveChart
      from={from}
      to={to}
      backboneEpochs={backboneEpochs}
      name="Validation AUC"
      curves={curves.auc}
      scale={1}
      value={auc}
      full={auc}
      floor={0}
      ceiling={1}
      unit=""
      bands={band}
      none={trained ? 'No AUC: a class is missing from the validation images.' : null}
      onDrawn={onDrawn}
    />
  );
}

function LossPanel({ span, waits }: { span: Span; waits: boolean }) {
  const { smoothing, lossLog: log } = useStudio((state) => state.curveLook);
  const arms = useStudio((state) => state.selection.drawn);
  const { lookAtCurves } = useActions();
  const { lossFrom, to, backboneEpochs } = useSpread(span, 3);
  const compute = useMemo(() => lossCurves(smoothing, arms), [smoothing, arms]);
  const curves = useFromRecord(compute, 'losses');
  return curves === null ? null : (
    <Panel
      title="Training loss"
      className="p-loss"
      scope={`cross-entropy, ${curves.width === 1 ? 'each step' : `mean of ${curves.width} steps`}`}
      end={
        <>
          <select
            className="select-28"
            aria-label="Smoothing"
            title="Debiased moving average of each seed’s raw losses"
            value={smoothing}
            onChange={(event) => lookAtCurves({ smoothing: Number(event.target.value) })}
          >
            {smoothings.map((weight) => (
              <option key={weight} value={weight}>
                {weight === 0 ? 'as it is' : `smooth ${weight}`}
              </option>
            ))}
          </select>
          <button type="button" className="btn btn-28" aria-pressed={log} onClick={() => lookAtCurves({ lossLog: !log })}>
            Log
          </button>
        </>
      }
    >
      {!waits && (
        <CurveChart
          from={lossFrom}
          to={to}
          backboneEpochs={backboneEpochs}
          name="Training loss"
          curves={curves.loss}
          scale={1}
          value={loss}
          full={loss}
          floor={0}
          ceiling={Infinity}
          unit=""
          // Losses are told to three digits: finer marks would say more than they do.
          leastSpan={0.01}
          bands={curves.width === 1 ? 'none' : 'steps'}
          log={log}
        />
      )}
    </Panel>
  );
}

/** Weights of the past in the moving average of the loss. */
const smoothings = [0, 0.6, 0.9, 0.97] as const;

function BandChoice({ value, onChange }: { value: Band; onChange: (band: Band) => void }) {
  return (
    <select
      className="select-28"
      aria-label="Around the mean over seeds"
      value={value}
      onChange={(event) => onChange(bands.find((band) => band === event.target.value) ?? value)}
    >
      {bands.map((band) => (
        <option key={band} value={band}>
          {bandNames[band]}
        </option>
      ))}
    </select>
  );
}
