/** The page's side of the thread boundary: the real training worker behind the `StudioWorker` interface. */
import type { Command, StudioWorker, WorkerEvent } from './protocol.ts';

export function startWorker(): StudioWorker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const listeners = new Set<(event: WorkerEvent) => void>();
  const tell = (event: WorkerEvent) => {
    for (const listener of listeners) listener(event);
  };
  worker.addEventListener('message', (message: MessageEvent<WorkerEvent>) => tell(message.data));
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
    terminate: () => worker.terminate(),
  };
}
