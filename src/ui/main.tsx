/** Entry of the page: starts the worker, the studio behind the page, and React. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { hiddenIn } from '../store/hidden.ts';
import { recipePayload } from '../store/recipeUrl.ts';
import { createStudio } from '../store/studio.ts';
import { startWorker } from '../worker/client.ts';
import { deviceNames } from '../store/devices.ts';
import type { DeviceChoice, StudioWorker } from '../worker/protocol.ts';
import { App } from './App.tsx';
import { keepAddress } from './address.ts';
import { StudioContext } from './studioContext.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/rail.css';
import './styles/intake.css';
import './styles/data.css';
import './styles/library.css';
import './styles/compare.css';
import './styles/export.css';
import './styles/kernels.css';
import './styles/inspect.css';
import './styles/tables.css';
import './styles/narrow.css';

const query = new URLSearchParams(location.search);

async function chosenWorker(): Promise<StudioWorker> {
  if (import.meta.env.DEV && query.has('fake')) {
    const { startFake } = await import('../worker/fake.ts');
    const { fakePast } = await import('../worker/fakePast.ts');
    const { expanded } = await import('../recipe/arms.ts');
    const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {});
    return startFake({
      ...number('tickMs'),
      ...number('stepsPerTick'),
      ...number('mergeRate'),
      past: query.has('past') ? fakePast(Date.now()) : [],
      writtenOut: expanded,
      device: query.get('fake') === 'wasm' ? 'wasm' : 'webgpu',
    });
  }
  return startWorker();
}

function chosenDevice(): DeviceChoice {
  return deviceNames.find((name) => name === query.get('device')) ?? 'auto';
}

async function begin(): Promise<void> {
  const studio = createStudio(await chosenWorker(), chosenDevice());
  // A lost rejection would be a button that does nothing.
  window.addEventListener('unhandledrejection', ({ reason }) =>
    studio.actions.tell(`Something did not work: ${reason instanceof Error ? reason.message : String(reason)}`),
  );
  const payload = recipePayload(location.hash);
  studio.actions.follow(location.hash);
  if (payload !== null) await studio.actions.loadPayload(payload);
  studio.actions.hideControls(hiddenIn(location.hash));
  keepAddress(studio);
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root.');
  createRoot(root).render(
    <StrictMode>
      <StudioContext value={studio}>
        <App />
      </StudioContext>
    </StrictMode>,
  );
}

void begin();
