/** The device in use, in the top bar; opens the report and the choice. */
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { useStudio } from '../studioContext.ts';
import { DeviceReportList } from './DeviceReportList.tsx';
import { deviceTitle } from './deviceTitle.ts';

export function DeviceChip() {
  const device = useStudio((state) => state.device);
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !(root.current?.contains(event.target) ?? false)) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpen(false);
    };
    window.addEventListener('pointerdown', close);
    window.addEventListener('keydown', escape);
    return () => {
      window.removeEventListener('pointerdown', close);
      window.removeEventListener('keydown', escape);
    };
  }, [open]);
  return (
    <div className="menu-root" ref={root}>
      <button
        type="button"
        className={`chip ${device?.software === true || (device !== null && device.advice !== null) ? 'chip-slow' : ''}`}
        data-testid="device"
        data-device={device?.device}
        aria-expanded={open}
        title="What training runs on"
        onClick={() => setOpen(!open)}
      >
        <Icon name="chip" />
        {device === null ? (
          'Looking'
        ) : (
          <span>
            {deviceTitle(device.device)}
            <span className="chip-hardware"> · {device.hardware}</span>
          </span>
        )}
      </button>
      {open && (
        <div className="menu menu-device">
          <DeviceReportList />
        </div>
      )}
    </div>
  );
}
