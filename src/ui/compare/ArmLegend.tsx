/** Which arms the curves are drawn of, where there are more than two: a legend whose entries switch their lines on and off. */
import { use } from 'react';
import { armLooks } from '../../report/looks.ts';
import { drawnArms, toggled, type DrawnArms } from '../../store/drawn.ts';
import { armTitle } from '../../recipe/arms.ts';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { RaisedContext } from './drawn.ts';
import { LineKey } from './LineKey.tsx';

export function ArmLegend() {
  const record = useStudio((state) => state.record);
  const drawn = useStudio((state) => state.selection.drawn);
  // The record stays the same object when another arm is compared.
  useStudio((state) => state.revision);
  const { select } = useActions();
  const { raise } = use(RaisedContext);
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
    <div className="arm-legend" role="group" aria-label="Arms drawn" data-testid="arm-legend">
      <Segments<'all' | 'pair' | 'some'> label="All arms or two" options={choices} value={whole} onChange={choose} />
      <ul>
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
    </div>
  );
}
