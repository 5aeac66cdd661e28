/**
 * The dropped file as something to read ranges of. Every read that the browser refuses becomes the error `file-gone`,
 * and a cancelled intake stops at the next read with `cancelled`.
 */
import { StudioError } from '../base/errors.ts';
import { shown } from '../base/bytes.ts';

/** What intake needs of a `File`: Node's `Blob` with a name serves as well. */
export type NamedBlob = Blob & { readonly name: string };

export class Source {
  readonly sizeBytes: number;
  readonly name: string;
  private readonly blob: NamedBlob;
  private readonly signal: AbortSignal | undefined;

  constructor(blob: NamedBlob, signal?: AbortSignal) {
    this.blob = blob;
    this.sizeBytes = blob.size;
    this.name = blob.name;
    this.signal = signal;
  }

  /** Throws `cancelled` once the signal has fired. */
  check(): void {
    if (this.signal?.aborted === true) throw cancelled(this.name);
  }

  /** The bytes [from, to), both inside the file. Throws `file-gone` or `cancelled`. */
  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    this.check();
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(await this.blob.slice(from, to).arrayBuffer());
    } catch (cause) {
      throw fileGone(this.name, `bytes ${from} to ${to} could not be read`, cause);
    }
    this.check();
    if (bytes.length !== to - from)
      throw fileGone(this.name, `${bytes.length} bytes at ${from} where ${to - from} were asked for`);
    return bytes;
  }
}

function fileGone(name: string, found: string, cause?: unknown): StudioError {
  return new StudioError(
    {
      code: 'file-gone',
      message: `“${shown(name)}” could no longer be read: it was moved, changed or locked while it was being read.`,
      remedy: 'Leave the file where it is and drop it again.',
      details: [{ where: shown(name), found, expected: 'the file as it was when it was dropped' }],
    },
    { cause },
  );
}

function cancelled(name: string): StudioError {
  return new StudioError({ code: 'cancelled', message: `Reading “${shown(name)}” was cancelled.` });
}
