/**
 * Lets waiting messages in: one macrotask through a MessageChannel, which no browser throttles in a hidden tab (timers
 * it does). At most every few milliseconds, so that a fast loop is not slowed.
 */
const everyMs = 8;

const channel = new MessageChannel();
let resolvers: (() => void)[] = [];
let lastAt = performance.now();

channel.port1.onmessage = () => {
  const waiting = resolvers;
  resolvers = [];
  for (const resolve of waiting) resolve();
};

export function breathe(): Promise<void> {
  const now = performance.now();
  if (now - lastAt < everyMs) return Promise.resolve();
  return new Promise((resolve) => {
    resolvers.push(() => {
      lastAt = performance.now();
      resolve();
    });
    channel.port2.postMessage(null);
  });
}
