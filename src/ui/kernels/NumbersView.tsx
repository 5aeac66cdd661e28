/** A layer in figures over the epochs, both arms: how alike its kernels are, how long, how far they went; charts and a table. */
import { useMemo, useState } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { CurvePoint } from '../../store/curves.ts';
import { layerMeasures, layerSeries, type LayerMeasure, type LayerPoint } from '../../store/layerSeries.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import { twoCurves } from '../compare/chartModel.ts';
import { CurveChart } from '../compare/CurveChart.tsx';
import { integer, percent } from '../numbers.ts';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { Segments } from '../parts/Segments.tsx';
import { Term } from '../parts/Term.tsx';
import type { TermName } from '../parts/terms.ts';
import { useStudio } from '../studioContext.ts';

interface Shown {
  readonly title: string;
  readonly term: TermName;
  readonly text: (value: number) => string;
  readonly scale: number;
  readonly unit: string;
}

const shown: Readonly<Record<LayerMeasure, Shown>> = {
  pairsAbove: { title: 'Pairs above τ', term: 'tau', text: integer, scale: 1, unit: '' },
  meanAbsolute: { title: 'Mean |cos|', term: 'meanAbsolute', text: (value) => value.toFixed(3), scale: 1, unit: '' },
  effectiveRank: { title: 'Effective rank', term: 'effectiveRank', text: (value) => value.toFixed(2), scale: 1, unit: '' },
  meanNorm: { title: 'Mean length', term: 'norm', text: (value) => value.toFixed(3), scale: 1, unit: '' },
  moved: { title: 'Moved since the backbone', term: 'moved', text: (value) => percent(value), scale: 100, unit: '%' },
};

const views = [
  { value: 'charts', label: 'Charts' },
  { value: 'table', label: 'Table' },
] as const;

const none: readonly CurvePoint[] = [];
const asCurve = (points: readonly LayerPoint[]): CurvePoint[] =>
  points.map(({ epoch, value }) => ({ x: epoch, mean: value, low: value, high: value, n: 1 }));

/** One value throughout has no scale to be drawn on. */
const isFlat = (points: readonly LayerPoint[]): boolean =>
  points.length > 1 && points.every(({ value }) => value === points[0]?.value);

export function NumbersView({ looked, layer }: { looked: LookedAt; layer: number }) {
  const record = useStudio((state) => state.record);
  const revision = useStudio((state) => state.revision);
  const [view, setView] = useState<(typeof views)[number]['value']>('charts');
  const { seed, upper, lower, lastEpoch } = looked;
  const series = useMemo(() => {
    if (record === null || revision < 0) return null;
    return layerMeasures.map((measure) => ({
      measure,
      upper: layerSeries(record, { seed, arm: upper }, layer, measure),
      lower: lower === upper ? [] : layerSeries(record, { seed, arm: lower }, layer, measure),
    }));
  }, [record, revision, seed, upper, lower, layer]);
  if (series === null) return null;
  if (series.every((each) => each.upper.length === 0))
    return <p className="kernels-wait q">The figures of this experiment were not kept: it was made by an older build.</p>;
  return (
    <div className="figures" data-testid="layer-figures">
      <div className="atlas-head">
        <Segments label="Figures as" options={views} value={view} onChange={setView} />
        <span className="xs q end">
          seed {seed}, {armTitle(upper)}
          {lower !== upper && ` and ${armTitle(lower)}`}, after each epoch
        </span>
      </div>
      {view === 'charts' ? (
        <ScrollBox className="figures-grid" label="Charts of the layer">
          {series
            .filter((each) => each.upper.length > 0)
            .map(({ measure, upper: above, lower: below }) => (
              <section key={measure} className="figure" aria-label={shown[measure].title}>
                <h3>
                  <Term name={shown[measure].term}>{shown[measure].title}</Term>
                </h3>
                <div className="figure-area">
                  {isFlat([...above, ...below]) ? (
                    <p className="figure-flat q">{shown[measure].text(above[0]?.value ?? 0)} at every epoch</p>
                  ) : (
                    <CurveChart
                      name={shown[measure].title}
                      curves={{
                        backbone: lower === null ? asCurve(above) : none,
                        lines: twoCurves(
                          lower === null ? null : { title: armTitle(upper), points: asCurve(above) },
                          lower === upper ? null : { title: armTitle(lower), points: asCurve(below) },
                        ),
                      }}
                      from={0}
                      to={lastEpoch}
                      backboneEpochs={0}
                      scale={shown[measure].scale}
                      value={shown[measure].text}
                      full={shown[measure].text}
                      floor={0}
                      ceiling={Number.POSITIVE_INFINITY}
                      unit={shown[measure].unit}
                      bands="none"
                    />
                  )}
                </div>
              </section>
            ))}
        </ScrollBox>
      ) : (
        <FiguresTable series={series} upper={upper} lower={lower} />
      )}
    </div>
  );
}

interface FiguresTableProps {
  readonly series: readonly {
    readonly measure: LayerMeasure;
    readonly upper: readonly LayerPoint[];
    readonly lower: readonly LayerPoint[];
  }[];
  readonly upper: string | null;
  readonly lower: string | null;
}

function FiguresTable({ series, upper, lower }: FiguresTableProps) {
  const epochs = series[0]?.upper.map((point) => point.epoch) ?? [];
  const cell = (points: readonly LayerPoint[], epoch: number, measure: LayerMeasure) => {
    const value = points.find((point) => point.epoch === epoch)?.value;
    return value === undefined ? '–' : shown[measure].text(value);
  };
  const arms = upper === lower ? (['upper'] as const) : (['upper', 'lower'] as const);
  return (
    <ScrollBox className="figures-table" label="Figures of the layer by epoch">
      <table className="table">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Epoch
            </th>
            {series.map(({ measure }) => (
              <th key={measure} scope="colgroup" colSpan={arms.length} className="num">
                {shown[measure].title}
              </th>
            ))}
          </tr>
          <tr>
            {series.flatMap(({ measure }) =>
              arms.map((arm) => (
                <th key={`${measure}-${arm}`} scope="col" className="num">
                  {armTitle(arm === 'upper' ? upper : lower)}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {epochs.map((epoch) => (
            <tr key={epoch}>
              <td>{epoch}</td>
              {series.flatMap((each) =>
                arms.map((arm) => (
                  <td key={`${each.measure}-${arm}`} className="num">
                    {cell(each[arm], epoch, each.measure)}
                  </td>
                )),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
