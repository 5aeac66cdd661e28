/**
 * The one error that crosses rooms and threads. `message` says what was found, against what was expected;
 * `remedy` says what to do. A StudioError travels through the worker as plain data (`toData`, `fromData`).
 */

export interface StudioErrorData {
  /** Stable kebab-case code: tests and the command line key on it, never on the text. */
  readonly code: string;
  readonly message: string;
  /** What the user can do about it, one or two sentences; may hold a line of code after `fix`. */
  readonly remedy?: string;
  /** A line of code (NumPy or shell) that mends the input, shown with a Copy button. */
  readonly fix?: string;
  /** Rows of the found/expected table: where it was (file, member, field), what stood there, what should. */
  readonly details?: readonly ErrorDetail[];
}

export interface ErrorDetail {
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

export class StudioError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;
  readonly fix: string | undefined;
  readonly details: readonly ErrorDetail[];

  constructor(data: StudioErrorData, options?: { cause?: unknown }) {
    super(data.message, options);
    this.name = 'StudioError';
    this.code = data.code;
    this.remedy = data.remedy;
    this.fix = data.fix;
    this.details = data.details ?? [];
  }

  /** Plain data for `postMessage`, JSON and the log; the cause stays behind. */
  toData(): StudioErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      ...(this.fix === undefined ? {} : { fix: this.fix }),
      ...(this.details.length === 0 ? {} : { details: this.details }),
    };
  }
}

/** Any thrown value as error data: what is not ours keeps its text under the code `unexpected`. */
export function errorData(thrown: unknown): StudioErrorData {
  if (thrown instanceof StudioError) return thrown.toData();
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'unexpected',
    message: text === '' ? 'Something stopped without saying why.' : text,
    remedy: 'This is a fault of the studio, not of your data. Reload the page and try again.',
  };
}
