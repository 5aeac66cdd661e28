/** Which seed is shown, and which arm beside Baseline, where there is a choice. */
import { armTitle } from '../../recipe/arms.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import { useActions, useStudio } from '../studioContext.ts';

export function RunChoice({ looked }: { looked: LookedAt }) {
  const record = useStudio((state) => state.record);
  const { select } = useActions();
  if (record === null) return null;
  const seeds = record.seeds.filter((seed) => [...record.runs.values()].some((run) => run.key.seed === seed));
  const arms = record.started.recipe.arms
    .map((arm) => arm.name)
    .filter((name) => name !== looked.upper && record.run(looked.seed, name) !== undefined);
  return (
    <>
      {seeds.length > 1 && (
        <label className="xs q2">
          Seed{' '}
          <select value={looked.seed} onChange={(event) => select({ seed: Number(event.target.value) })}>
            {seeds.map((seed) => (
              <option key={seed} value={seed}>
                {seed}
              </option>
            ))}
          </select>
        </label>
      )}
      {arms.length > 1 && (
        <label className="xs q2">
          Arm{' '}
          <select value={looked.lower ?? ''} onChange={(event) => select({ arm: event.target.value })}>
            {arms.map((name) => (
              <option key={name} value={name}>
                {armTitle(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}
