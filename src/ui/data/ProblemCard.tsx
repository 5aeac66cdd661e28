/** One problem: what was found, against what was expected, what to do, and the line of code that does it. */
import type { StudioErrorData } from '../../base/errors.ts';
import { CopyButton } from '../parts/CopyButton.tsx';
import { Icon } from '../parts/Icon.tsx';
import { DetailTable } from './DetailTable.tsx';

export function ProblemCard({ problem }: { problem: StudioErrorData }) {
  const { code, message, remedy, fix, details } = problem;
  return (
    <article className="problem" data-code={code}>
      <div className="problem-text">
        <Icon name="problem" />
        <p className="b">{message}</p>
        {remedy !== undefined && <p className="q2">{remedy}</p>}
      </div>
      {details !== undefined && details.length > 0 && <DetailTable details={details} />}
      {fix !== undefined && (
        <div className="fix">
          <h3>{/^\s*(np\.|import numpy|numpy)/.test(fix) ? 'Fix with one line of NumPy' : 'Fix with one line'}</h3>
          <div className="code">
            <code>{fix}</code>
            <CopyButton text={() => fix} />
          </div>
        </div>
      )}
    </article>
  );
}
