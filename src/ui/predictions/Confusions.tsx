/** Confusion tables of both arms and their difference; a cell chooses the images of the gallery. */
import { useMemo, useState } from 'react';
import { confusion, confusionDifference } from '../../report/confusion.ts';
import type { ChosenCell, Predictions } from '../../store/predictions.ts';
import { Panel } from '../parts/Panel.tsx';
import { Segments } from '../parts/Segments.tsx';
import { useSize } from '../useSize.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { CommonConfusions } from './CommonConfusions.tsx';

interface ConfusionsProps {
  readonly predictions: Predictions;
  readonly cell: ChosenCell | null;
  readonly onCell: (cell: ChosenCell | null) => void;
}

/** Columns up to which three tables stand side by side, and up to which a table is drawn at all. */
const sideBySide = 10;
const drawn = 40;
const namesWidth = 116;
const between = 16;
/** Sides of a cell: the least that holds a number, and the most. */
const leastSide = 18;
const mostSide = (columns: number): number => (columns <= 2 ? 62 : columns <= 4 ? 48 : 34);

export function Confusions({ predictions, cell, onCell }: ConfusionsProps) {
  const { split, arms } = predictions;
  const [size, ref] = useSize();
  const [shown, setShown] = useState<ChosenCell['of']>('first');
  const tables = useMemo(() => arms.map(({ scores }) => confusion(scores, split)), [arms, split]);
  const [first, second] = tables;
  const difference = useMemo(
    () => (first === undefined || second === undefined ? null : confusionDifference(first, second)),
    [first, second],
  );
  if (first === undefined) return null;
  const columns = first.columns.length;
  const all = [
    { of: 'first' as const, title: arms[0]?.title ?? '', tone: 'baseline' as const, counts: first.counts },
    ...(second === undefined || difference === null
      ? []
      : [
          { of: 'second' as const, title: arms[1]?.title ?? '', tone: 'inmerge' as const, counts: second.counts },
          {
            of: 'difference' as const,
            title: `${arms[1]?.title} − ${arms[0]?.title}`,
            tone: 'both' as const,
            counts: difference,
          },
        ]),
  ];
  const width = size?.width ?? 800;
  const sideOf = (count: number) => Math.floor((width - namesWidth - (count - 1) * between) / count / columns);
  const three = columns <= sideBySide && sideOf(all.length) >= leastSide;
  const tablesShown = three ? all : all.filter(({ of }) => of === shown);
  const side = Math.max(14, Math.min(mostSide(columns), sideOf(tablesShown.length)));
  return (
    <Panel
      title={split.task === 'multi-label' ? 'Labels found and missed' : 'Confusion'}
      scope={
        split.task === 'multi-label'
          ? 'rows: labels; a label counts as reported above 0.5'
          : 'rows: true class, columns: taken for'
      }
      className="confusions"
      testId="confusions"
      end={
        three || all.length === 1 ? undefined : (
          <Segments
            label="Arm shown"
            options={all.map(({ of, title }) => ({ value: of, label: of === 'difference' ? 'Difference' : title }))}
            value={shown}
            onChange={setShown}
          />
        )
      }
    >
      <div className="panel-body confusion-row" ref={ref}>
        {columns > drawn
          ? tablesShown.map(({ of, title, counts }) => (
              <CommonConfusions key={of} of={of} title={title} table={{ ...first, counts }} cell={cell} onCell={onCell} />
            ))
          : tablesShown.map(({ of, title, tone, counts }, at) => (
              <ConfusionTable
                key={of}
                of={of}
                title={title}
                tone={tone}
                split={split}
                rows={first.rows}
                columns={first.columns}
                counts={counts}
                side={side}
                names={at === 0}
                cell={cell?.of === of ? cell : null}
                onCell={onCell}
              />
            ))}
      </div>
    </Panel>
  );
}
