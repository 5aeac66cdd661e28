/** When it happened: one lane for each kernel that took, darker where more merges fall into a part of the run. */
import { useLayoutEffect, useMemo, useRef } from 'react';
import { filteredRows } from '../../store/mergeFilter.ts';
import { timeLine } from '../../store/mergeFlow.ts';
import { mapFilter, type ShownMap } from '../../store/mergeLook.ts';
import { integer, plural } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { useStudio } from '../studioContext.ts';
import { useTheme } from '../theme.ts';
import { useSize } from '../useSize.ts';
import { countColours, leastScale } from './countColours.ts';

const laneHeight = 15;
const mostLanes = 40;

interface MergeTimeLineProps {
  readonly map: ShownMap;
  readonly chosen: readonly number[];
}

export function MergeTimeLine({ map, chosen }: MergeTimeLineProps) {
  const record = useStudio((state) => state.record);
  const selection = useStudio((state) => state.selection);
  const look = useStudio((state) => state.mergeLook);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [room, ref] = useSize();
  const steps = record?.started.finetuneSteps ?? 0;
  const epochs = record?.started.recipe.finetune.epochs ?? 1;
  const bins = Math.max(1, Math.min(steps, Math.floor((room?.width ?? 600) / 3)));
  const line = useMemo(() => {
    if (record === null) return null;
    const rows =
      chosen.length === 0
        ? map.rows
        : (filteredRows(record.log, { ...mapFilter(map, selection, look), kernels: chosen }) ?? new Uint32Array(0));
    return timeLine(record.log.columns(), rows, { firstStep: 0, lastStep: Math.max(0, steps - 1), bins, lanes: mostLanes });
  }, [record, map, chosen, selection, look, steps, bins]);

  useLayoutEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (!target || !context || line === null || line.lanes.length === 0) return;
    target.width = line.bins;
    target.height = line.lanes.length;
    const colours = countColours();
    const factor = (colours.length - 1) / Math.sqrt(Math.max(line.most, leastScale));
    const image = new ImageData(line.bins, line.lanes.length);
    new Uint32Array(image.data.buffer).set(line.counts.map((count) => colours[Math.round(Math.sqrt(count) * factor)] ?? 0));
    context.putImageData(image, 0, 0);
  }, [line, theme]);

  if (line === null) return null;
  return (
    <Panel
      title="Along the run"
      scope={chosen.length > 1 ? 'merges among the selected kernels, by the kernel that took' : 'by the kernel that took a share'}
      className="flow-time"
    >
      <ScrollBox className="time-scroll" label="Merges along the run">
        <div className="time-lanes">
          <ul>
            {line.lanes.map(({ kernel, merges }) => (
              <li key={kernel} style={{ height: laneHeight }}>
                <span>
                  K<sub>{kernel}</sub>
                </span>
                <span className="q">{integer(merges)}</span>
              </li>
            ))}
          </ul>
          <div className="time-canvas" ref={ref}>
            <canvas
              ref={canvas}
              className="crisp"
              style={{ height: line.lanes.length * laneHeight }}
              data-testid="merge-time"
              data-lanes={line.lanes.length}
              role="img"
              aria-label={`Merges of ${plural(line.lanes.length, 'kernel')} over ${plural(steps, 'step')}; the list of merges has each of them`}
            />
            <div className="time-axis" aria-hidden="true">
              {Array.from({ length: epochs }, (_, k) => (
                <span key={k} style={{ width: `${100 / epochs}%` }}>
                  {epochs <= 20 || (k + 1) % 5 === 0 ? k + 1 : ''}
                </span>
              ))}
            </div>
          </div>
        </div>
        {line.lanes.length === 0 && <p className="panel-body q">No merge in what is shown.</p>}
      </ScrollBox>
    </Panel>
  );
}
