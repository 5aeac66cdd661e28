/** Top bar: word mark, experiment name, status, device, sharing and theme. */
import { DeviceChip } from '../device/DeviceChip.tsx';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/Icon.tsx';
import { toggleTheme, useTheme } from '../theme.ts';
import { ExperimentName } from './ExperimentName.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { RunControls } from './RunControls.tsx';
import { ShareButton } from './ShareButton.tsx';
import { StatusLine } from './StatusLine.tsx';

export function TopBar() {
  const theme = useTheme();
  const { setDialog } = usePage();
  return (
    <header className="top">
      <div className="brand">
        <svg viewBox="0 0 22 22" aria-hidden="true">
          <path d="M7.5 7.5h7v7h-7z" className="brand-fill" />
          <path d="M2.500 2.500h12v12h-12zM7.500 7.500h12v12h-12z" />
        </svg>
        <h1>
          InMerge <span>Studio</span>
        </h1>
      </div>
      <div className="top-in">
        <ExperimentName />
        <StatusLine />
        <RunControls />
        <div className="top-end">
          <DeviceChip />
          <ShareButton />
          <ExportMenu />
          <button
            type="button"
            className="btn btn-bare btn-icon"
            aria-label="Keys"
            title="Keys (?)"
            onClick={() => setDialog('keys')}
          >
            <Icon name="keys" />
          </button>
          <button
            type="button"
            className="btn btn-bare btn-icon"
            aria-label={theme === 'dark' ? 'Switch to light' : 'Switch to dark'}
            title="Theme (T)"
            onClick={toggleTheme}
          >
            <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
          </button>
        </div>
      </div>
    </header>
  );
}
