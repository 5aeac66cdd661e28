/**
 * Reads safetensors files piece by piece: eight bytes, exactly the header, then single tensors when they are asked for, so
 * that a large file costs only what is used of it. Nothing in a file is run, and nothing in it is believed unchecked.
 */
import { safeUint64, shown, sizeText, viewOf } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import { parseHeader, refused, type SafetensorsHeader, type TensorEntry } from './safetensorsHeader.ts';
import { decodeTensor, isFloat, type TensorValues } from './tensorValues.ts';

/** Largest header read, in bytes. The library allows ten times as much; the header of a ResNet-152 has some 60 kB. */
export const maxHeaderBytes = 10_000_000;

const lengthBytes = 8;

export class SafetensorsFile {
  /** Free text by name, as the file's writer left it. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What the file holds, by name, in the order of its bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly #blob: Blob;
  readonly #dataStart: number;

  /**
   * Reads and checks the header; the tensors stay in the file.
   * @throws StudioError `safetensors-...` saying what is wrong, `file-gone` where the file cannot be read any more
   */
  static async open(blob: Blob): Promise<SafetensorsFile> {
    const start = new Uint8Array(await read(blob, 0, Math.min(lengthBytes, blob.size)));
    if (start.length < lengthBytes) {
      throw refused('truncated', `The file ends after ${start.length} bytes; eight are needed for the header's length alone.`);
    }
    const headerBytes = safeUint64(viewOf(start), 0) ?? Number.POSITIVE_INFINITY;
    if (headerBytes > maxHeaderBytes) {
      refusePickles(start);
      const found = Number.isFinite(headerBytes) ? sizeText(headerBytes) : 'more than 2^53 bytes';
      throw refused(
        'header-size',
        `The first eight bytes announce a header of ${found}; at most ${sizeText(maxHeaderBytes)} are read.`,
        'This does not look like a safetensors file: check that the right one was chosen.',
      );
    }
    if (headerBytes > blob.size - lengthBytes) {
      const found = `The file ends after ${blob.size} bytes, within its header, which should end at ${lengthBytes + headerBytes}.`;
      throw refused('truncated', found, 'It looks cut short: download or copy it again.');
    }
    const dataStart = lengthBytes + headerBytes;
    const header = new Uint8Array(await read(blob, lengthBytes, dataStart));
    return new SafetensorsFile(blob, dataStart, parseHeader(header, blob.size - dataStart));
  }

  private constructor(blob: Blob, dataStart: number, { metadata, tensors }: SafetensorsHeader) {
    this.#blob = blob;
    this.#dataStart = dataStart;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /**
   * Values of one tensor, row-major, read from the file now.
   * @throws StudioError `safetensors-no-tensor`, `file-gone`
   */
  async values(name: string): Promise<TensorValues> {
    const entry = this.#entry(name);
    return decodeTensor(await this.#read(entry), entry.dtype);
  }

  /**
   * Values of one tensor of floats as float32.
   * @throws StudioError `safetensors-not-float`; `safetensors-overflow` where an F64 is beyond float32's range; as `values`
   */
  async floats(name: string): Promise<Float32Array<ArrayBuffer>> {
    const entry = this.#entry(name);
    if (!isFloat(entry.dtype)) {
      throw refused('not-float', `Tensor “${shown(name)}” holds ${entry.dtype}; floats were expected.`, 'Save it as F32.');
    }
    const buffer = await this.#read(entry);
    const values = decodeTensor(buffer, entry.dtype) as Float32Array<ArrayBuffer>;
    if (entry.dtype === 'F64') refuseOverflow(name, new Float64Array(buffer), values);
    return values;
  }

  #entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (entry === undefined) {
      throw refused(
        'no-tensor',
        `The file has no tensor “${shown(name)}” among its ${this.tensors.size}.`,
        'Choose a file that holds it.',
      );
    }
    return entry;
  }

  #read({ begin, end }: TensorEntry): Promise<ArrayBuffer> {
    return read(this.#blob, this.#dataStart + begin, this.#dataStart + end);
  }
}

/** Bytes [from, to) of the file. A browser refuses, or answers short, where the file was changed since it was chosen. */
async function read(blob: Blob, from: number, to: number): Promise<ArrayBuffer> {
  let cause: unknown;
  try {
    const buffer = await blob.slice(from, to).arrayBuffer();
    if (buffer.byteLength === to - from) return buffer;
  } catch (thrown) {
    cause = thrown;
  }
  throw new StudioError(
    {
      code: 'file-gone',
      message: `The file could no longer be read at bytes ${from} to ${to}: it was moved, changed or locked.`,
      remedy: 'Leave the file where it is and choose it again.',
    },
    { cause },
  );
}

/** PyTorch's own files, the likeliest mistake: a zip, or the older bare pickle. Their first bytes read as a huge length. */
function refusePickles(start: Uint8Array): void {
  const zip = start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
  const pickle = start[0] === 0x80 && (start[1] as number) >= 2 && (start[1] as number) <= 5;
  if (!zip && !pickle) return;
  throw new StudioError({
    code: 'safetensors-is-pickle',
    message: `This is ${zip ? 'a zip archive, as torch.save writes' : 'a Python pickle'}; a safetensors file was expected.`,
    remedy: 'A pickle may run any code when it is opened, so the studio does not. Convert it once, where you trust it:',
    fix: "from safetensors.torch import save_file; save_file(torch.load('model.pth', weights_only=True), 'model.safetensors')",
  });
}

function refuseOverflow(name: string, doubles: Float64Array, floats: Float32Array): void {
  const at = floats.findIndex((value, index) => !Number.isFinite(value) && Number.isFinite(doubles[index]));
  if (at === -1) return;
  const found = `Tensor “${shown(name)}” holds ${doubles[at]} at position ${at}, beyond the range of float32.`;
  throw refused('overflow', found, 'Scale the values, or leave this tensor out.');
}
