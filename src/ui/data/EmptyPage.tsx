/** The first screen: what this is, that it is safe, what the machine can do, and two ways to begin. */
import { DeviceReportList } from '../device/DeviceReportList.tsx';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/Icon.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { MergingSteps } from './MergingSteps.tsx';
import { deviceTitle } from '../device/deviceTitle.ts';
import { PastExperiments } from '../library/PastExperiments.tsx';
import { ResumeCard, useInterrupted } from '../library/ResumeCard.tsx';

export function EmptyPage() {
  const { chooseFile } = usePage();
  const { makeSample } = useActions();
  const device = useStudio((state) => state.device);
  const interrupted = useInterrupted() !== null;
  return (
    <div className="pad empty">
      <div className="empty-main">
        <ResumeCard />
        <section className="drop">
          <svg className="drop-art" viewBox="0 0 56 48" aria-hidden="true">
            <path d="M16.500 2.500h17l8 8v23h-25zM33.500 2.500v8h8M4.500 38.500v7h47v-7" />
            <path
              className="drop-cells"
              d="M22.500 16.500h5v5h-5zM30.500 16.500h5v5h-5zM22.500 24.500h5v5h-5zM30.500 24.500h5v5h-5z"
            />
          </svg>
          <p className="drop-title">Drop a MedMNIST .npz anywhere</p>
          <p className="drop-lead">
            Train a VGG network on this machine, fine-tune it twice from the same checkpoint, and see whether merging similar
            kernels helps.
          </p>
          <div className="drop-actions">
            <button type="button" className={interrupted ? 'btn' : 'btn btn-fill'} onClick={makeSample}>
              Try the sample
            </button>
            <button type="button" className="btn" onClick={chooseFile}>
              Choose a file
            </button>
          </div>
          <p className="xs q">
            The sample is drawn here, from a fixed seed. Recipes (.json) and results (experiment.inmerge) drop in the same way.
          </p>
          <p className="privacy">
            <Icon name="lock" />
            Nothing leaves this tab. Files are read and trained on here, and never uploaded.
          </p>
        </section>
        <Panel
          title="What merging does"
          scope={
            <>
              at every training step, in each convolution from L<sub>s</sub> on. The Baseline arm skips it.
            </>
          }
        >
          <MergingSteps />
        </Panel>
      </div>
      <div className="empty-side">
        <Panel
          title="This device"
          scope={device === null ? undefined : `trains on ${deviceTitle(device.device)}`}
          className="empty-device"
        >
          <DeviceReportList advice={false} />
        </Panel>
        <PastExperiments whereNone="a word" />
      </div>
    </div>
  );
}
