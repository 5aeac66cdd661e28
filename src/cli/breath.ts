/** Lets signals and timers in while a loop of awaits runs: promises alone never give Node's event loop its turn. */
const everyMs = 50;
let lastAt = performance.now();

export function breathe(): Promise<void> {
  if (performance.now() - lastAt < everyMs) return Promise.resolve();
  return new Promise((resolve) => {
    setImmediate(() => {
      lastAt = performance.now();
      resolve();
    });
  });
}
