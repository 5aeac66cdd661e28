/** How fast this browser trains: one training step of ours beside stock TensorFlow.js, measured here, on one click. */
import { useEffect, useRef, useState } from 'react';
import type { BenchReport } from '../../bench/report.ts';
import { measureSpeed, type Measurement } from '../../store/speed.ts';
import { isRunning } from '../../store/status.ts';
import type { SpeedContender } from '../../worker/speedProtocol.ts';
import { CopyButton } from '../parts/CopyButton.tsx';
import { Modal } from '../parts/Modal.tsx';
import { saveFile } from '../parts/saveFile.ts';
import { useStudio } from '../studioContext.ts';
import { SpeedTable } from './SpeedTable.tsx';
import '../styles/speed.css';

const cases = [
  ['vgg8_bn@28x8', 'VGG-8 with batch norm, 28 px, 8 images (a quick look)'],
  ['vgg8_bn@28x64', 'VGG-8 with batch norm, 28 px, 64 images'],
  ['vgg11_bn@28x32', 'VGG-11 with batch norm, 28 px, 32 images'],
  ['vgg19@64x32', 'VGG-19, 64 px, 32 images'],
  ['vgg19_bn@64x128', 'VGG-19 with batch norm, 64 px, 128 images'],
] as const;

const contenders: readonly (readonly [SpeedContender, string])[] = [
  ['compiled', 'InMerge Studio on WebGPU'],
  ['tape', 'InMerge Studio’s reference trainer on WebGPU'],
  ['wasm', 'InMerge Studio on WebAssembly'],
  ['stock', 'TensorFlow.js on WebGPU, as it comes'],
];

type State =
  | { readonly is: 'idle' }
  | { readonly is: 'busy'; readonly what: string }
  | { readonly is: 'done'; readonly report: BenchReport }
  | { readonly is: 'failed'; readonly why: string };

export default function SpeedDialog({ onClose }: { onClose: () => void }) {
  const device = useStudio((state) => state.device);
  const training = useStudio((state) => isRunning(state.status));
  const slowGpu = device?.options.find((option) => option.device === 'webgpu')?.available !== true || device.device !== 'webgpu';
  const [name, setName] = useState<string>(cases[1][0]);
  // An emulated GPU takes minutes for what WebAssembly does in seconds: asked for, not taken by itself.
  const [who, setWho] = useState<readonly SpeedContender[]>(slowGpu ? ['wasm'] : ['compiled', 'wasm', 'stock']);
  const [state, setState] = useState<State>({ is: 'idle' });
  const running = useRef<Measurement | null>(null);
  useEffect(() => () => running.current?.stop(), []);

  const start = () => {
    setState({ is: 'busy', what: 'Starting' });
    const measurement = measureSpeed({ case: name, who, steps: 20 }, (what) => setState({ is: 'busy', what }));
    running.current = measurement;
    measurement.report.then(
      (report) => setState({ is: 'done', report }),
      (thrown: unknown) => setState({ is: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
  };
  const stop = () => {
    running.current?.stop();
    setState({ is: 'idle' });
  };
  const toggle = (each: SpeedContender) =>
    setWho(contenders.map(([one]) => one).filter((one) => (one === each ? !who.includes(one) : who.includes(one))));
  const busy = state.is === 'busy';
  const json = () => JSON.stringify(state.is === 'done' ? state.report : null, null, 1);
  return (
    <Modal title="Training speed here" onClose={onClose} wide>
      <div className="modal-body speed" data-testid="speed">
        <p className="q">
          One training step of the same network, weights and images, in turns. Losses of 20 steps must agree, or a time does not
          count.
        </p>
        <label className="speed-case">
          <span>Step of</span>
          <select value={name} disabled={busy} onChange={(event) => setName(event.target.value)}>
            {cases.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <fieldset disabled={busy}>
          <legend className="vh">Who is measured</legend>
          {contenders.map(([value, title]) => (
            <label key={value}>
              <input type="checkbox" checked={who.includes(value)} onChange={() => toggle(value)} />
              {title}
            </label>
          ))}
        </fieldset>
        {slowGpu && <p className="xs q">Without a GPU, WebGPU is emulated on the processor: minutes, not seconds.</p>}
        <div className="speed-act">
          {busy ? (
            <button type="button" className="btn" onClick={stop}>
              Stop
            </button>
          ) : (
            <button type="button" className="btn" disabled={training || who.length === 0} onClick={start}>
              Measure
            </button>
          )}
          <span className="q" role="status">
            {busy ? state.what : training ? 'Training would fall into the times: pause or stop it first.' : ''}
          </span>
        </div>
        {state.is === 'failed' && <p className="device-note">Not measured: {state.why}</p>}
        {state.is === 'done' && (
          <>
            <SpeedTable report={state.report} />
            <div className="speed-act">
              <CopyButton text={json} label="Copy as JSON" />
              <button
                type="button"
                className="btn btn-28"
                onClick={() => saveFile('inmerge-bench.json', 'application/json', [json()])}
              >
                Save JSON
              </button>
            </div>
          </>
        )}
      </div>
    </Modal>
  );
}
