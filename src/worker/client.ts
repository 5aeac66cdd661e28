/** The page's side of the thread boundary: the real training worker behind the `StudioWorker` interface. */
import type { StudioErrorData } from '../base/errors.ts';
import type { Command, StudioWorker, WorkerEvent } from './protocol.ts';
import { newWorkerName, watchVitals } from './vitals.ts';

const gone: StudioErrorData = {
  code: 'worker-gone',
  message: 'The browser ended the training thread without saying why; most often it had run out of memory.',
  remedy: 'Reload the page and resume from the last save. If it happens again, take a smaller batch or network.',
};

export function startWorker(): StudioWorker {
  const name = newWorkerName();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name });
  let dismissed = false;
  const listeners = new Set<(event: WorkerEvent) => void>();
  const tell = (event: WorkerEvent) => {
    for (const listener of listeners) listener(event);
  };
  const onEnd = () => {
    if (!dismissed) tell({ say: 'failed', error: gone });
  };
  worker.addEventListener('message', ({ data }: MessageEvent<WorkerEvent>) => {
    if (!watchVitals(data, name, onEnd)) tell(data);
  });
  worker.addEventListener('error', (event) => {
    tell({
      say: 'failed',
      error: {
        code: 'worker-error',
        message:
          event.message === '' || event.message === undefined
            ? 'The training worker could not be started.'
            : `The training worker stopped: ${event.message}`,
        remedy: 'Reload the page. If it happens again, choose another device in the device list.',
      },
    });
  });
  return {
    send: (command: Command, transfer: Transferable[] = []) => worker.postMessage(command, transfer),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    terminate: () => {
      dismissed = true;
      worker.terminate();
    },
  };
}
