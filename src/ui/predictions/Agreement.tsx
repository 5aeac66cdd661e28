/** How far the two arms agree on the test images, in one line, with McNemar's test of where they do not. */
import { mcNemar } from '../../report/mcnemar.ts';
import type { Predictions } from '../../store/predictions.ts';
import { integer, percent, plural } from '../numbers.ts';

export function Agreement({ predictions }: { predictions: Predictions }) {
  const { arms, split } = predictions;
  const [first, second] = arms;
  if (first === undefined) return null;
  const multi = split.task === 'multi-label';
  const share = (right: Uint8Array) => percent(right.reduce((sum, each) => sum + each, 0) / Math.max(1, right.length), 2);
  const test = second === undefined ? null : mcNemar(first.imageRight, second.imageRight);
  return (
    <p className="sm q2" data-testid="agreement">
      {plural(split.images.length, 'test image')}
      {arms.map(({ title, right, merges }) => (
        <span key={title}>
          {', '}
          <span className={merges ? 'label-inmerge' : 'label-baseline'}>{title}</span> {share(right)}
        </span>
      ))}
      {multi && ' of labels'} right.
      {test !== null && second !== undefined && (
        <>
          {' '}
          {integer(test.onlyBefore)} {multi ? 'wholly right' : 'right'} by {first.title} alone, {integer(test.onlyAfter)} by{' '}
          {second.title} alone
          {test.onlyBefore + test.onlyAfter > 0 && (
            <>
              {' '}
              (McNemar’s test, {test.method === 'exact' ? 'exact' : 'χ²'}: p{' '}
              {test.p < 0.001 ? '< 0.001' : `= ${test.p.toFixed(3)}`})
            </>
          )}
          .
        </>
      )}
    </p>
  );
}
