/**
 * What the user sees while a command works, on stderr: lasting lines, and one passing line that is redrawn in place. Where
 * stderr is no terminal (a file, a cluster's log) only the lasting lines are written.
 */

export interface Screen {
  /** A line that stays. */
  line(text: string): void;
  /** Replaces the passing line; nothing where there is no terminal. */
  transient(text: string): void;
  /** Takes the passing line away. */
  clear(): void;
}

export function stderrScreen(): Screen {
  const { stderr } = process;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    line: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    transient: (text) => {
      if (!stderr.isTTY) return;
      // A line longer than the window would wrap and could not be redrawn.
      const width = Math.max(20, (stderr.columns || 80) - 1);
      stderr.write(`\r\u001b[K${text.slice(0, width)}`);
      shown = true;
    },
    clear,
  };
}
