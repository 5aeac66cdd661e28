/** Which merging arm is set against Baseline, where there are several. */
import { armTitle } from '../../recipe/arms.ts';
import { comparedIn } from '../../store/arms.ts';
import { useActions, useStudio } from '../studioContext.ts';

/** The arm's name alone where there is one. */
export function ArmPicker() {
  const record = useStudio((state) => state.record);
  useStudio((state) => state.revision);
  const { compareArm } = useActions();
  if (record === null) return null;
  const { inmerge } = comparedIn(record);
  const arms = record.arms.filter((arm) => arm.merges);
  if (arms.length < 2) return <>{inmerge === null ? 'InMerge' : armTitle(inmerge)}</>;
  return (
    <select
      className="arm-picker"
      aria-label="Merging arm that is compared"
      value={inmerge ?? ''}
      onChange={(event) => compareArm(event.target.value)}
    >
      {arms.map(({ name }) => (
        <option key={name} value={name}>
          {armTitle(name)}
        </option>
      ))}
    </select>
  );
}
