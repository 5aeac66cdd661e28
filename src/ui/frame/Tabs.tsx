/** The screens. All but Data open once an experiment has started. */
import type { KeyboardEvent } from 'react';
import { tabs, type Tab } from '../../store/state.ts';
import { useActions, useStudio } from '../studioContext.ts';

const titles: Readonly<Record<Tab, string>> = {
  data: 'Data',
  compare: 'Compare',
  kernels: 'Kernels',
  merges: 'Merges',
  results: 'Results',
  predictions: 'Predictions',
};

export function Tabs() {
  const tab = useStudio((state) => state.tab);
  const open = useStudio((state) => state.record !== null);
  const { showTab } = useActions();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || !open) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? 'data';
    showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="tabs-row">
      <div className="tabs" role="tablist" aria-label="Screens" tabIndex={-1} onKeyDown={onKeyDown}>
        {tabs.map((name, k) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === tab}
            aria-controls={name === tab ? `panel-${name}` : undefined}
            tabIndex={name === tab ? 0 : -1}
            disabled={name !== 'data' && !open}
            title={`${titles[name]} (${k + 1})`}
            onClick={() => showTab(name)}
          >
            {titles[name]}
          </button>
        ))}
      </div>
      {tab !== 'data' && <BaseChoice />}
      {!open && <p className="tabs-end">Comparison, kernels and results open once training starts</p>}
    </div>
  );
}

/** Which network and start weights the screens show, where the experiment has several. */
function BaseChoice() {
  const record = useStudio((state) => state.record);
  const { showBase } = useActions();
  if (record === null || record.bases.length < 2) return null;
  return (
    <label className="tabs-end base-choice">
      Shown
      <select
        data-testid="base"
        className="select-28"
        value={record.base ?? ''}
        onChange={(event) => showBase(event.target.value === '' ? null : event.target.value)}
      >
        {record.bases.map(({ base, title }) => (
          <option key={base} value={base ?? ''}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
