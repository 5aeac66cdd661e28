/**
 * The list of merges, of which only the rows in view exist: a million scroll as smoothly as ten. Past the height a
 * browser can scroll, the bar stands for the whole list and rows are found in proportion.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ExperimentRecord } from '../../store/record.ts';
import { listWindow, rowHeight } from './listWindow.ts';
import { MergeRow } from './MergeRow.tsx';

interface MergeListProps {
  readonly record: ExperimentRecord;
  /** Rows of the log that are listed; null: all. */
  readonly rows: Uint32Array | null;
  readonly count: number;
  readonly titles: readonly string[];
  /** New merges arrive: keep the end in view while the user is there. */
  readonly follow: boolean;
}

export function MergeList({ record, rows: listed, count, titles, follow }: MergeListProps) {
  const root = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  const atEnd = useRef(true);
  const seeds = record.seeds.length > 1;
  const window = listWindow(count, view.top, view.height);

  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setView((old) => ({ ...old, height: element.clientHeight })));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = root.current;
    if (element !== null && follow && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [count, follow, view.height]);

  const rows = Array.from({ length: window.rows }, (_, k) => window.first + k);
  return (
    <div
      className="merge-table"
      role="table"
      aria-label="Merges"
      aria-rowcount={count + 1}
      data-testid="merges"
      data-count={count}
    >
      <div className={`merge-row merge-head ${seeds ? 'with-seed' : ''}`} role="row" aria-rowindex={1}>
        {seeds && (
          <span role="columnheader" className="num">
            Seed
          </span>
        )}
        <span role="columnheader" className="num">
          Step
        </span>
        <span role="columnheader" className="num">
          Epoch
        </span>
        <span role="columnheader">Layer</span>
        <span role="columnheader">Kernels</span>
        <span role="columnheader" className="num">
          Similarity
        </span>
        <span role="presentation" className="merge-scale" aria-hidden="true">
          <span>0</span>
          <span>1</span>
        </span>
      </div>
      <div
        className="merge-scroll"
        ref={root}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
        tabIndex={0}
        role="rowgroup"
        onScroll={(event) => {
          const element = event.currentTarget;
          atEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
          setView({ top: element.scrollTop, height: element.clientHeight });
        }}
      >
        <div className="merge-space" role="presentation" style={{ height: window.space }}>
          <div className="merge-rows" role="presentation" style={{ transform: `translateY(${window.offset}px)` }}>
            {rows.map((index) => (
              <MergeRow
                key={index}
                record={record}
                row={listed === null ? index : (listed[index] ?? 0)}
                index={index}
                titles={titles}
                seeds={seeds}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
