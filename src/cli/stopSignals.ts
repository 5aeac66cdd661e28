/** Ctrl+C and a scheduler's SIGTERM as a wish to stop: the first is granted at the next safe point, a second ends the process. */

const signals = ['SIGINT', 'SIGTERM'] as const;
/** What a shell reports for a process that such a signal ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export class StopSignals {
  /** Exit code of the signal that came, or null. */
  exitCode: number | null = null;
  readonly #listeners = signals.map((signal) => {
    const listener = (): void => {
      this.exitCode = exitCodes[signal];
      this.told();
      // The next one finds no listener and does what it always does.
      this.close();
    };
    process.on(signal, listener);
    return { signal, listener };
  });

  constructor(private readonly told: () => void) {}

  close(): void {
    for (const { signal, listener } of this.#listeners) process.off(signal, listener);
  }
}
