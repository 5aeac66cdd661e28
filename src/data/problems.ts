/**
 * How intake says no. `IntakeRefused` carries every problem found, the most telling first; `Problems` collects them.
 * Texts say what was found, what was expected and what to do; a `fix` is one line of Python with NumPy.
 */
import { StudioError, type ErrorDetail, type StudioErrorData } from '../base/errors.ts';

/** The whole report of a refused file; as a StudioError it is its first problem. */
export class IntakeRefused extends StudioError {
  readonly problems: readonly StudioErrorData[];

  constructor(problems: readonly StudioErrorData[]) {
    const first = problems[0] ?? { code: 'unexpected', message: 'The file was refused without a stated problem.' };
    super(first);
    this.name = 'IntakeRefused';
    this.problems = problems;
  }
}

/** Problems gathered along the way, thrown together. */
export class Problems {
  private readonly found: StudioErrorData[] = [];

  add(problem: StudioErrorData): void {
    this.found.push(problem);
  }

  get any(): boolean {
    return this.found.length > 0;
  }

  throwIfAny(): void {
    if (this.any) throw new IntakeRefused(this.found);
  }
}

/** A problem with one row of its table. */
export function problem(
  code: string,
  message: string,
  row: ErrorDetail,
  help: { readonly remedy?: string; readonly fix?: string } = {},
): StudioErrorData {
  return { code, message, ...help, details: [row] };
}

/** A file name fit for a line of Python; names with anything but plain characters are replaced, never quoted. */
function pythonName(fileName: string): string {
  return /^[\w][\w.-]{0,80}$/.test(fileName) ? fileName : 'your_file.npz';
}

/** One line that loads the npz, runs `statements` on its arrays `d`, and saves a mended copy beside it. */
export function numpyFix(fileName: string, statements: string): string {
  const name = pythonName(fileName);
  const mended = `${name.replace(/\.[^.]*$/, '')}_fixed.npz`;
  return `import numpy as np; d = dict(np.load('${name}')); ${statements}; np.savez_compressed('${mended}', **d)`;
}
