/**
 * The thread that reads files and trains: the commands of `protocol.ts` in, its events out. What it does with them is in
 * `session.ts`, which needs no thread.
 */
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { build } from '../base/build.ts';
import { errorData } from '../base/errors.ts';
import type { Command, WorkerEvent } from './protocol.ts';
import { Session } from './session.ts';
import { showVitals } from './vitals.ts';

const say = (event: WorkerEvent, transfer: Transferable[] = []): void => self.postMessage(event, transfer);

const session = new Session({
  say,
  wasmPaths: {
    'tfjs-backend-wasm.wasm': wasmUrl,
    'tfjs-backend-wasm-simd.wasm': wasmSimdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': wasmThreadedUrl,
  },
  build,
});

showVitals(self.name, (message) => self.postMessage(message));
self.addEventListener('message', (message: MessageEvent<Command>) => session.obey(message.data));
// A lost rejection would be a silent dead run.
self.addEventListener('unhandledrejection', (event) => say({ say: 'failed', error: errorData(event.reason) }));
