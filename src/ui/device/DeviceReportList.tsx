/** What was found on this machine, why one of it was taken, and the choice of another. */
import { isRunning } from '../../store/status.ts';
import { deviceNames } from '../../store/devices.ts';
import type { DeviceChoice } from '../../worker/protocol.ts';
import { integer } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { usePage } from '../pageContext.ts';
import { shortName } from '../parts/Name.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { deviceTitle } from './deviceTitle.ts';

const gib = (value: number): string => `${(value / 2 ** 30).toFixed(value < 2 ** 30 ? 2 : 1).replace(/\.0+$/, '')} GiB`;

/** `advice`: what would be faster; the empty page has it in its banner. */
export function DeviceReportList({ advice = true }: { advice?: boolean }) {
  const device = useStudio((state) => state.device);
  const choice = useStudio((state) => state.deviceChoice);
  const running = useStudio((state) => isRunning(state.status));
  const { chooseDevice } = useActions();
  const { setDialog } = usePage();
  if (device === null) return <p className="pad q">Looking for the fastest device.</p>;
  return (
    <div className="device-report">
      <p className="device-reason">
        <b>{deviceTitle(device.device)}</b>, {device.hardware}. {device.reason}
      </p>
      <ul>
        {device.options.map((option) => (
          <li key={option.device} className={option.available ? undefined : 'off'}>
            <Icon name={option.available ? 'ok' : 'cross'} />
            <span>{deviceTitle(option.device)}</span>
            <span className="q" title={option.note}>
              {shortName(option.note, 38)}
            </span>
          </li>
        ))}
        {device.maxBindingBytes !== null && (
          <li>
            <Icon name="note" />
            <span>Largest binding</span>
            <span className="q">{gib(device.maxBindingBytes)}</span>
          </li>
        )}
        <li>
          <Icon name="note" />
          <span>Processor threads</span>
          <span className="q">
            {device.crossOriginIsolated
              ? integer(device.threads)
              : `${integer(device.threads)}; WASM uses 1, the page is not cross-origin isolated`}
          </span>
        </li>
      </ul>
      <label className="device-choice">
        Train on
        <select value={choice} disabled={running} onChange={(event) => chooseDevice(event.target.value as DeviceChoice)}>
          <option value="auto">auto: the fastest found</option>
          {deviceNames.map((name) => (
            <option
              key={name}
              value={name}
              disabled={device.options.find((option) => option.device === name)?.available === false}
            >
              {deviceTitle(name)}
            </option>
          ))}
        </select>
      </label>
      <p className="device-note">
        <button type="button" className="btn btn-28" onClick={() => setDialog('speed')}>
          Measure speed
        </button>
      </p>
      {running && <p className="device-note q">The device can change between experiments.</p>}
      {advice && device.advice !== null && <p className="device-note">{device.advice}</p>}
    </div>
  );
}
