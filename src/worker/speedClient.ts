/** The page's side of a speed measurement: a thread of its own for each, so that stopping is ending it. */
import type { BenchReport } from '../bench/report.ts';
import type { SpeedReply, SpeedRequest } from './speedProtocol.ts';

export interface Measurement {
  readonly report: Promise<BenchReport>;
  /** The report never comes then. */
  stop(): void;
}

export function measureSpeed(request: SpeedRequest, tell: (what: string) => void): Measurement {
  const thread = new Worker(new URL('./speedThread.ts', import.meta.url), { type: 'module' });
  const report = new Promise<BenchReport>((resolve, reject) => {
    thread.addEventListener('message', ({ data }: MessageEvent<SpeedReply>) => {
      if (data.say === 'doing') tell(data.what);
      else {
        thread.terminate();
        if (data.say === 'report') resolve(data.report);
        else reject(new Error(data.why));
      }
    });
    thread.addEventListener('error', (event) => reject(new Error(event.message || 'The thread could not be started.')));
  });
  thread.postMessage(request);
  return { report, stop: () => thread.terminate() };
}
