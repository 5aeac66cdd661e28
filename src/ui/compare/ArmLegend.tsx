/** Which arms the curves are drawn of, where there are more than two: a legend whose entries switch their lines on and off. */
import { use, useLayoutEffect, useRef, useState } from 'react';
import { armLooks } from '../../report/looks.ts';
import { drawnArms, toggled, type DrawnArms } from '../../store/drawn.ts';
import { armTitle } from '../../recipe/arms.ts';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { useSize } from '../useSize.ts';
import { RaisedContext } from './drawn.ts';
import { LineKey } from './LineKey.tsx';

/** Height of the two rows that are shown of many, as in `curves.css`. */
const shownHeight = 58;

export function ArmLegend() {
  const record = useStudio((state) => state.record);
  const drawn = useStudio((state) => state.selection.drawn);
  // The record stays the same object when another arm is compared.
  useStudio((state) => state.revision);
  const { select } = useActions();
  const { raise } = use(RaisedContext);
  const [size, root] = useSize();
  const list = useRef<HTMLUListElement>(null);
  const [below, setBelow] = useState(0);
  const [open, setOpen] = useState(false);
  const width = size?.width ?? 0;
  const count = record?.arms.length ?? 0;
  useLayoutEffect(() => {
    const items = [...(list.current?.children ?? [])] as HTMLElement[];
    const top = items[0]?.offsetTop ?? 0;
    setBelow(items.filter((item) => item.offsetTop - top >= shownHeight).length);
  }, [width, count]);
  if (record === null || record.arms.length <= 2) return null;
  const names = drawnArms(record, drawn);
  const looks = armLooks(record.arms, record.compared, names);
  const pair = drawnArms(record, 'pair');
  const whole = names.length === record.arms.length ? 'all' : names.join() === pair.join() ? 'pair' : 'some';
  const choices = [
    { value: 'all', label: `All ${record.arms.length}` },
    { value: 'pair', label: 'The two compared' },
  ] as const;
  const choose = (choice: 'all' | 'pair' | 'some') => select({ drawn: choice === 'some' ? drawn : choice });
  return (
    <div className="arm-legend" role="group" aria-label="Arms drawn" data-testid="arm-legend" ref={root}>
      <Segments<'all' | 'pair' | 'some'> label="All arms or two" options={choices} value={whole} onChange={choose} />
      <ul ref={list} className={open ? 'arm-legend-all' : undefined}>
        {record.arms.map(({ name }) => (
          <li key={name} onPointerEnter={() => raise(name)} onPointerLeave={() => raise(null)}>
            <label data-look={looks.get(name)}>
              <input
                type="checkbox"
                checked={names.includes(name)}
                disabled={names.length === 1 && names.includes(name)}
                onChange={() => select({ drawn: toggled(record, drawn satisfies DrawnArms, name) })}
              />
              <LineKey look={looks.get(name) ?? 'faint'} />
              {armTitle(name)}
            </label>
          </li>
        ))}
      </ul>
      {below > 0 && (
        <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Two rows' : `and ${below} more`}
        </button>
      )}
    </div>
  );
}
