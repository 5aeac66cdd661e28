/**
 * How the page hears of a worker that ended without a word, as one does that the browser killed for its memory: no event
 * tells it. The worker holds a lock for as long as it lives, and the page waits for that lock.
 */

const prefix = 'worker:';
/** Said once the lock is held: whoever waits for it from then on waits for the worker's end. */
const alive = 'inmerge-worker-alive';

export const newWorkerName = (): string => `${prefix}${crypto.randomUUID()}`;

/** In the worker. @param name its own */
export function showVitals(name: string, post: (message: string) => void): void {
  if (typeof navigator === 'undefined' || navigator.locks === undefined || !name.startsWith(prefix)) return;
  void navigator.locks.request(name, () => {
    post(alive);
    return new Promise<never>(() => {});
  });
}

/**
 * On the page, for every message of the worker.
 * @returns whether it was this one, which is nobody else's business
 */
export function watchVitals(message: unknown, name: string, onEnd: () => void): boolean {
  if (message !== alive) return false;
  void navigator.locks.request(name, onEnd);
  return true;
}
