/** Merges of each layer by epoch, or the share of tries that merged, with the epoch that is looked at. */
import { useMemo, useState } from 'react';
import { epochCounts, type EpochCount } from '../../store/epochCounts.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { integer, percent, plural, similarity } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { mapOf } from '../../store/mergeLook.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

const measures = [
  { value: 'merged', label: 'Merges' },
  { value: 'share', label: 'Share of tries' },
] as const;
type Measure = (typeof measures)[number]['value'];

export function LayerBars() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const revision = useStudio((state) => state.revision);
  const selection = useStudio((state) => state.selection);
  const { select } = useActions();
  const [measure, setMeasure] = useState<Measure>('merged');
  const titles = useMemo(
    () => (record === null ? [] : convolutionTitles(networkOf(record.started.recipe, dataset))),
    [record, dataset],
  );
  const map = record === null ? null : mapOf(record, selection);
  const seed = map?.seed ?? null;
  const arm = map?.arm ?? null;
  const layers = useMemo(
    () => (record === null || seed === null || arm === null || revision < 0 ? [] : epochCounts(record, seed, arm)),
    [record, seed, arm, revision],
  );
  const value = (count: EpochCount) => (measure === 'merged' ? count.merged : count.tried === 0 ? 0 : count.merged / count.tried);
  const peak = Math.max(0, ...layers.flatMap(({ epochs }) => epochs.map((count) => (count === null ? 0 : value(count)))));
  return (
    <Panel
      title="By layer and epoch"
      end={<Segments label="Bars show" options={measures} value={measure} onChange={setMeasure} />}
      className="merge-layers"
    >
      <ScrollBox className="step-scroll" label="Merges by layer and epoch">
        <table className="table epoch-bars">
          <thead>
            <ColumnHeads
              columns={[
                { title: 'Layer' },
                { title: peak === 0 ? 'by epoch' : `by epoch, 0 to ${measure === 'merged' ? integer(peak) : percent(peak)}` },
                { title: 'Merged', num: true },
                { title: 'Share', num: true },
              ]}
            />
          </thead>
          <tbody>
            {layers.map(({ layer, epochs, tried, merged, highest }) => (
              <tr key={layer} className={layer === map?.layer ? 'chosen' : undefined}>
                <td>
                  <button
                    type="button"
                    className="pair-button"
                    aria-pressed={layer === map?.layer}
                    title={`Highest similarity seen: ${similarity(highest)}`}
                    onClick={() => select({ layer })}
                  >
                    {titles[layer] ?? layer}
                  </button>
                </td>
                <td>
                  <Bars
                    epochs={epochs}
                    heights={epochs.map((count) => (count === null || peak === 0 ? 0 : value(count) / peak))}
                    shown={selection.epoch}
                  />
                </td>
                <td className="num">{integer(merged)}</td>
                <td className="num q2">{tried === 0 ? '–' : percent(merged / tried, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Panel>
  );
}

interface BarsProps {
  readonly epochs: readonly (EpochCount | null)[];
  /** 0 to 1. */
  readonly heights: readonly number[];
  readonly shown: number | null;
}

const height = 22;

function Bars({ epochs, heights, shown }: BarsProps) {
  const slot = 100 / Math.max(1, epochs.length);
  const said = epochs
    .map((count, k) => (count === null ? '' : `epoch ${k + 1}: ${count.merged} of ${plural(count.tried, 'try', 'tries')}`))
    .filter(Boolean);
  return (
    <svg className="bars" style={{ height }} role="img" aria-label={said.join(', ') || 'no epoch yet'}>
      {epochs.map((count, k) => (
        <g key={k}>
          <rect
            x={`${slot * k}%`}
            width={`${slot}%`}
            y="0"
            height={height}
            className={shown === k + 1 ? 'slot now-slot' : 'slot'}
          >
            <title>{said[k] ?? `epoch ${k + 1}`}</title>
          </rect>
          {count !== null && (
            <rect
              className={shown !== null && k + 1 > shown ? 'ghost' : 'now'}
              x={`${slot * (k + 0.15)}%`}
              width={`${slot * 0.7}%`}
              y={height - (heights[k] ?? 0) * height}
              height={(heights[k] ?? 0) * height}
            />
          )}
        </g>
      ))}
      <line x1="0" x2="100%" y1={height - 0.5} y2={height - 0.5} className="axis" />
    </svg>
  );
}
