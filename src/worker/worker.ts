/**
 * The thread that reads files and trains. It holds the dataset, one device and at most one experiment, and obeys the
 * commands of `protocol.ts`. Nothing here waits for a frame or a timer: a hidden tab trains on.
 */
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { errorData, StudioError } from '../base/errors.ts';
import type { Dataset, DatasetSummary } from '../data/dataset.ts';
import type { Backend } from '../gpu/backends.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import { automaticChoice, surveyDevices } from '../gpu/survey.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { breathe } from './breathe.ts';
import { describeDevice } from './deviceReport.ts';
import { protocolVersion, type Command, type DeviceChoice, type WorkerEvent } from './protocol.ts';

const wasmPaths = {
  'tfjs-backend-wasm.wasm': wasmUrl,
  'tfjs-backend-wasm-simd.wasm': wasmSimdUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': wasmThreadedUrl,
};

type Training = { readonly at: 'running' } | { readonly at: 'paused' } | { readonly at: 'stopping' };

let backend: Backend | null = null;
let dataset: Dataset | null = null;
let intake: AbortController | null = null;
let experiment: Experiment | null = null;
/** Null where no experiment is under way. */
let training: Training | null = null;
let wake: (() => void) | null = null;
let watchedLayer: number | null = null;
/** Device openings follow one another; a start waits for the last. */
let deviceReady: Promise<void> = Promise.resolve();

function say(event: WorkerEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, transfer);
}

self.addEventListener('message', (message: MessageEvent<Command>) => obey(message.data));
// A lost rejection would be a silent dead run.
self.addEventListener('unhandledrejection', (event) => say({ say: 'failed', error: errorData(event.reason) }));

function obey(command: Command): void {
  switch (command.do) {
    case 'choose-device':
      if (training === null) deviceReady = deviceReady.then(() => chooseDevice(command.choice));
      break;
    case 'open-file':
      void takeIn(command.id, command.file.name, async (signal) => {
        const { readDataset } = await import('../data/intake.ts');
        const onProgress = (stage: string, doneBytes: number, totalBytes: number) =>
          say({ say: 'intake-progress', id: command.id, stage, doneBytes, totalBytes });
        return readDataset(command.file, { signal, onProgress });
      });
      break;
    case 'make-sample':
      void takeIn(command.id, 'the sample', async () => {
        const { makeSample } = await import('../data/sample.ts');
        return makeSample(command.seed);
      });
      break;
    case 'cancel-intake':
      intake?.abort();
      break;
    case 'start':
      if (training === null) void train(command.recipe);
      break;
    case 'pause':
      if (training?.at === 'running') training = { at: 'paused' };
      break;
    case 'resume':
      if (training?.at === 'paused') {
        training = { at: 'running' };
        wake?.();
      }
      break;
    case 'stop':
      if (training !== null) training = { at: 'stopping' };
      wake?.();
      break;
    case 'watch-layer':
      watchedLayer = command.layer;
      void watch();
      break;
    default:
      command satisfies never;
  }
}

async function chooseDevice(choice: DeviceChoice): Promise<void> {
  try {
    experiment?.dispose();
    experiment = null;
    backend?.close();
    backend = null;
    const survey = await surveyDevices();
    const device = choice === 'auto' ? automaticChoice(survey) : choice;
    const { openBackend } = await import('../gpu/backends.ts');
    backend = await openBackend(device, { paths: wasmPaths, threads: survey.threads });
    backend.webgpu?.onFault((fault) => say({ say: 'failed', error: fault.toData() }));
    const limits = backend.webgpu?.device.limits;
    const report = describeDevice(survey, choice, device, {
      maxBufferBytes: limits?.maxBufferSize ?? null,
      maxBindingBytes: limits?.maxStorageBufferBindingSize ?? null,
    });
    say({ say: 'device', version: protocolVersion, report });
  } catch (thrown) {
    say({ say: 'failed', error: errorData(thrown) });
    if (choice !== 'auto') await chooseDevice('auto');
  }
}

/** Reads a dataset; only a complete one replaces the present one. */
async function takeIn(
  id: number,
  fileName: string,
  read: (signal: AbortSignal) => Promise<{ dataset: Dataset; summary: DatasetSummary }>,
): Promise<void> {
  intake?.abort();
  const controller = new AbortController();
  intake = controller;
  try {
    const result = await read(controller.signal);
    if (controller.signal.aborted) throw controller.signal.reason;
    if (training !== null)
      throw new StudioError({
        code: 'training',
        message: 'An experiment is running on the present dataset.',
        remedy: 'Stop it first, then open the file again.',
      });
    dataset = result.dataset;
    say({ say: 'dataset', id, summary: result.summary });
  } catch (thrown) {
    if (controller.signal.aborted) say({ say: 'intake-cancelled', id });
    else say({ say: 'intake-refused', id, fileName, problems: problemsOf(thrown) });
  }
}

function problemsOf(thrown: unknown) {
  const listed = (thrown as { problems?: unknown }).problems;
  return Array.isArray(listed) ? (listed as ReturnType<typeof errorData>[]) : [errorData(thrown)];
}

async function train(value: Recipe): Promise<void> {
  training = { at: 'running' };
  try {
    await deviceReady;
    if (dataset === null || backend === null)
      throw new StudioError({
        code: 'nothing-to-train',
        message: 'There is no dataset or no device yet.',
        remedy: 'Open a dataset first.',
      });
    say({ say: 'preparing', stage: 'Building the network' });
    experiment?.dispose();
    const [{ Experiment: ExperimentClass }, { TapeTrainer }] = await Promise.all([
      import('../experiment/experiment.ts'),
      import('../train/tapeTrainer.ts'),
    ]);
    const maxBindingBytes = backend.webgpu?.device.limits.maxStorageBufferBindingSize ?? null;
    experiment = new ExperimentClass({
      recipe: parseRecipe(value),
      dataset,
      createTrainer: (options) => TapeTrainer.create(options),
      maxBindingBytes,
    });
    experiment.watchedLayer = watchedLayer;
    await drive(experiment);
  } catch (thrown) {
    const fault = backend?.webgpu?.fault() ?? null;
    say({ say: 'failed', error: fault?.toData() ?? errorData(thrown) });
  } finally {
    training = null;
  }
}

/** Asks the experiment for one event after another, resting where the user wants it to. */
async function drive(running: Experiment): Promise<void> {
  const events = running.run();
  for await (const event of events) {
    if (event.at !== 'rest') await tell(event);
    await breathe();
    if (backend?.webgpu?.fault() !== null && backend?.webgpu?.fault() !== undefined) throw backend.webgpu.fault();
    if (training?.at === 'paused') {
      say({ say: 'paused' });
      await new Promise<void>((resolve) => (wake = resolve));
      wake = null;
      if (state() === 'running') say({ say: 'resumed' });
    }
    if (state() === 'stopping') {
      await events.return();
      say({ say: 'experiment', event: { at: 'stopped', elapsedMs: running.elapsedMs } });
      return;
    }
  }
}

/** Read anew after every wait: a command may have come in between. */
const state = () => training?.at ?? null;

async function tell(event: ExperimentEvent): Promise<void> {
  say({ say: 'experiment', event }, transferable(event));
  if (event.at === 'epoch') {
    const { tf } = await import('../gpu/tfjs.ts');
    const memory = tf.memory() as { numTensors: number; numBytes: number; numBytesInGPUAllocated?: number };
    say({
      say: 'counters',
      tensors: memory.numTensors,
      tensorBytes: memory.numBytes,
      gpuBytes: memory.numBytesInGPUAllocated ?? null,
    });
  }
}

/** Columns that nobody here needs again cross without a copy. */
function transferable(event: ExperimentEvent): Transferable[] {
  if (event.at === 'similarity') return [event.values.buffer];
  if (event.at === 'merges')
    return [event.merges.step, event.merges.layer, event.merges.i, event.merges.j, event.merges.similarity].map(
      (column) => column.buffer,
    );
  return [];
}

async function watch(): Promise<void> {
  if (experiment === null) return;
  experiment.watchedLayer = watchedLayer;
  if (watchedLayer === null) return;
  for (const event of await experiment.similarities(watchedLayer)) await tell(event);
}
