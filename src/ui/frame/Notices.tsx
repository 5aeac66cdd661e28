/** Lines above the screen: the device where it is a slow one, things to know or to mend, and what was refused. */
import { useState } from 'react';
import { plural } from '../numbers.ts';
import type { Notice } from '../../store/state.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { DetailTable } from '../data/DetailTable.tsx';
import { deviceTitle } from '../device/deviceTitle.ts';

const icons: Readonly<Record<Notice['level'], IconName>> = { info: 'note', warning: 'warn', error: 'problem' };

export function Notices() {
  const notice = useStudio((state) => state.notice);
  const device = useStudio((state) => state.device);
  const { dismissNotice } = useActions();
  const [hidden, setHidden] = useState<string | null>(null);
  const advice = device?.advice ?? null;
  const problem = notice?.problem;
  return (
    <div className="notices">
      {device !== null && advice !== null && hidden !== advice && (
        <div className="notice notice-device" data-testid="device-banner">
          <Icon name="chip" />
          <p>
            <b>
              You are on {deviceTitle(device.device)}
              {device.software ? ', emulated on the processor' : ''}.
            </b>{' '}
            {advice}
          </p>
          <button type="button" className="btn btn-bare btn-icon" aria-label="Hide this line" onClick={() => setHidden(advice)}>
            <Icon name="cross" />
          </button>
        </div>
      )}
      {notice !== null && (
        <div
          className={`notice notice-${notice.level}`}
          role={notice.level === 'error' ? 'alert' : 'status'}
          data-testid="notice"
          data-code={problem?.code}
        >
          <Icon name={icons[notice.level]} />
          <div>
            <p className={notice.level === 'info' ? undefined : 'b'}>{notice.title}</p>
            {problem !== undefined && (
              <>
                <p className="q2">
                  {problem.message} {problem.remedy}
                </p>
                {problem.details !== undefined && problem.details.length > 0 && (
                  <details open={problem.details.length <= 4}>
                    <summary>{plural(problem.details.length, 'field')}</summary>
                    <DetailTable details={problem.details} where="Field" />
                  </details>
                )}
              </>
            )}
          </div>
          <button type="button" className="btn btn-bare btn-icon" aria-label="Hide this line" onClick={dismissNotice}>
            <Icon name="cross" />
          </button>
        </div>
      )}
    </div>
  );
}
