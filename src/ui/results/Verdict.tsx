/** The difference in one line, with how sure it is. */
import type { Results } from '../../store/comparison.ts';
import { certainty } from '../../report/certainty.ts';
import { DifferenceAxis } from '../compare/DifferenceAxis.tsx';
import { points } from '../numbers.ts';
import { MoreSeeds } from './MoreSeeds.tsx';
import { useStudio } from '../studioContext.ts';
import { useComparedTitle } from '../useComparedTitle.ts';

interface VerdictProps {
  readonly results: Results;
  readonly running: boolean;
  /** Which epoch the figures are of. */
  readonly selection: string;
}

export function Verdict({ results, running, selection }: VerdictProps) {
  const { accuracy, split } = results;
  const merging = useComparedTitle();
  const on = useStudio((state) => state.record?.title ?? '');
  if (accuracy === null) {
    return (
      <section className="panel verdict" aria-label="Difference">
        <div>
          <p className="headline-label">
            {split === 'test' ? 'Test' : 'Validation'} accuracy, {merging} − Baseline
          </p>
          <p className="q2">
            {running
              ? 'Comes when both arms of a seed are complete.'
              : 'No seed has both arms complete, so there is nothing to compare.'}
          </p>
        </div>
      </section>
    );
  }
  const { n, mean, interval, differences } = accuracy;
  const ahead = differences.filter((value) => value > 0).length;
  return (
    <section className="panel verdict" aria-label="Difference" data-testid="verdict">
      <div>
        <p className="headline-label">
          {split === 'test' ? 'Test' : 'Validation'} accuracy, {merging} − Baseline{on !== '' && `, on ${on}`}{' '}
          <span className="q">{selection}</span>
        </p>
        <p className="big">
          {n === 1 ? '1 seed' : `${n} seeds`}: {points(mean, 2)} pp
          {interval !== null && (
            <small>
              [{points(interval[0], 2)}, {points(interval[1], 2)}], 95 % CI
            </small>
          )}
        </p>
        <p className="xs q">
          {certainty(accuracy)} {n === 1 && 'Another may turn the sign.'}
          {n > 1 && `${merging} was ahead in ${ahead} of ${n} seeds.`}
        </p>
        <MoreSeeds />
      </div>
      <DifferenceAxis difference={accuracy} merging={merging} each={n > 1} />
    </section>
  );
}
