/**
 * Lets waiting messages and signals in between two stretches of work: promises alone never give the event loop its turn,
 * and timers are throttled in a hidden tab. A MessageChannel's turn is not; Node has setImmediate for the same.
 */

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => enqueue(resolve));
}

const enqueue: (callback: () => void) => void =
  typeof setImmediate === 'function' ? (callback) => void setImmediate(callback) : throughChannel();

function throughChannel(): (callback: () => void) => void {
  const channel = new MessageChannel();
  let waiting: (() => void)[] = [];
  channel.port1.onmessage = () => {
    const due = waiting;
    waiting = [];
    for (const callback of due) callback();
  };
  return (callback) => {
    waiting.push(callback);
    channel.port2.postMessage(null);
  };
}

/** Often enough that a pause is felt at once, seldom enough that a fast loop is not slowed. */
const everyMs = 8;
let lastAt = performance.now();

/** A turn of the event loop if the last was a while ago; for loops of many short steps. */
export async function breathe(): Promise<void> {
  if (performance.now() - lastAt < everyMs) return;
  await turn();
  lastAt = performance.now();
}
