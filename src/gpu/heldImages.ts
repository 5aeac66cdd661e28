/**
 * A split on the device as the bytes that it came as, for kernels that look their values up (`compiled/gather.ts`): put
 * there once, whoever trains on it, and freed when the last who asked for it has released it. Where it cannot be held, the
 * reason is told, and those who need its images upload them.
 */
import { breathe } from '../base/breathe.ts';

/** What can be held. */
export interface StoredImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Of a network's input; where only one is stored it stands for all. */
  readonly channels: number;
  readonly storedChannels: number;
  /** Bytes of one image [height, width, storedChannels]. */
  readonly storedLength: number;
  /** [channels * 256]: the float that each byte of each channel is. */
  readonly table: Float32Array;
  writeBytes(at: number, bytes: Uint8Array, offset: number): void;
  /** [count] classes, or [count, classes] of 0 and 1. */
  labels(): Uint16Array;
}

export interface HoldLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  /** Bytes of all images held on one device. */
  readonly mostHeldBytes: number;
}

/** As much as intake reads of a dataset: WebGPU does not tell a device's memory. */
export const mostHeldBytes = 2 ** 31;

/** Consecutive images in one buffer. */
export interface HeldPart {
  readonly images: number;
  readonly bytes: GPUBuffer;
  /** Its `Part` uniform. */
  readonly part: GPUBuffer;
}

export interface HeldImages {
  readonly count: number;
  readonly parts: readonly HeldPart[];
  readonly table: GPUBuffer;
  /** One word each. */
  readonly labels: GPUBuffer;
  readonly bytes: number;
}

export interface ImageHold {
  readonly bytes: number;
  readonly refusal: string | null;
  release(): void;
}

/** Bytes that holding these would take. */
export function heldBytes({ count, storedLength }: Pick<StoredImages, 'count' | 'storedLength'>, labels = count): number {
  return count * storedLength + 4 * labels;
}

interface Entry {
  users: number;
  readonly made: Promise<Held | string>;
  held: Held | null;
}

const entriesOf = new WeakMap<GPUDevice, Map<StoredImages, Entry>>();

function entries(device: GPUDevice): Map<StoredImages, Entry> {
  const known = entriesOf.get(device) ?? new Map<StoredImages, Entry>();
  entriesOf.set(device, known);
  return known;
}

/** Null where these are not held now. */
export const heldOn = (device: GPUDevice, images: StoredImages): HeldImages | null => entries(device).get(images)?.held ?? null;

export async function holdImages(device: GPUDevice, images: StoredImages, limits?: HoldLimits): Promise<ImageHold> {
  const all = entries(device);
  const entry = all.get(images) ?? { users: 0, made: make(device, images, limits ?? { ...limitsOf(device) }), held: null };
  all.set(images, entry);
  entry.users++;
  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    if (--entry.users > 0) return;
    all.delete(images);
    entry.held?.free();
  };
  try {
    const made = await entry.made;
    if (typeof made === 'string') {
      release();
      return { bytes: 0, refusal: made, release };
    }
    entry.held = made;
    return { bytes: made.bytes, refusal: null, release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

const limitsOf = ({ limits: { maxBufferSize, maxStorageBufferBindingSize } }: GPUDevice): HoldLimits => ({
  maxBufferSize,
  maxStorageBufferBindingSize,
  mostHeldBytes,
});

class Held implements HeldImages {
  constructor(
    readonly count: number,
    readonly parts: readonly HeldPart[],
    readonly table: GPUBuffer,
    readonly labels: GPUBuffer,
  ) {}

  get #buffers(): GPUBuffer[] {
    return [...this.parts.flatMap(({ bytes, part }) => [bytes, part]), this.table, this.labels];
  }

  get bytes(): number {
    return this.#buffers.reduce((sum, { size }) => sum + size, 0);
  }

  free(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

async function make(device: GPUDevice, images: StoredImages, limits: HoldLimits): Promise<Held | string> {
  const { count, storedLength, table } = images;
  const labels = Uint32Array.from(images.labels());
  const needed = heldBytes(images, labels.length);
  const taken = [...entries(device).values()].reduce((sum, { held }) => sum + (held?.bytes ?? 0), 0);
  if (needed + taken > limits.mostHeldBytes)
    return `${count.toLocaleString('en')} images take ${megabytes(needed)} MB, and ${megabytes(Math.max(0, limits.mostHeldBytes - taken))} MB are left for images kept on the GPU`;
  // A binding is whole words, and so is what is written.
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize, 2 ** 32) - 4;
  const imagesOfPart = Math.floor(most / storedLength);
  if (imagesOfPart === 0 || 4 * labels.length > most)
    return `an image takes ${megabytes(storedLength)} MB, more than the GPU can bind`;

  const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const buffer = (label: string, size: number, usage = storage) =>
    device.createBuffer({ label: `held ${label}`, size: Math.ceil(size / 4) * 4, usage });
  device.pushErrorScope('out-of-memory');
  const parts = Array.from({ length: Math.ceil(count / imagesOfPart) }, (_, at): HeldPart => {
    const here = Math.min(imagesOfPart, count - at * imagesOfPart);
    const part = buffer('part', 16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    return { images: here, bytes: buffer('images', here * storedLength), part };
  });
  const held = new Held(count, parts, buffer('table', 4 * table.length), buffer('labels', 4 * labels.length));
  if ((await device.popErrorScope()) !== null) {
    held.free();
    return `the GPU has no room for ${count.toLocaleString('en')} images of ${megabytes(needed)} MB`;
  }
  device.queue.writeBuffer(held.table, 0, table as Float32Array<ArrayBuffer>);
  device.queue.writeBuffer(held.labels, 0, labels);
  let first = 0;
  for (const { bytes, images: here, part } of parts) {
    device.queue.writeBuffer(part, 0, new Uint32Array([first, here, images.storedChannels, 0]));
    await write(device, images, first, here, bytes);
    first += here;
  }
  return held;
}

/** Bytes of one write, and of those under way at once: a device keeps a copy of each until it has it. */
const pieceBytes = 2 ** 22;
const underWayBytes = 2 ** 25;

async function write(device: GPUDevice, images: StoredImages, first: number, count: number, into: GPUBuffer): Promise<void> {
  const { storedLength } = images;
  // Fours of images end on whole words.
  const inPiece = Math.max(4, Math.floor(pieceBytes / storedLength / 4) * 4);
  const piece = new Uint8Array(Math.ceil((Math.min(inPiece, count) * storedLength) / 4) * 4);
  let underWay = 0;
  for (let from = 0; from < count; from += inPiece) {
    const here = Math.min(inPiece, count - from);
    for (let at = 0; at < here; at++) {
      images.writeBytes(first + from + at, piece, at * storedLength);
      await breathe();
    }
    const bytes = Math.ceil((here * storedLength) / 4) * 4;
    device.queue.writeBuffer(into, from * storedLength, piece, 0, bytes);
    underWay += bytes;
    if (underWay < underWayBytes) continue;
    await device.queue.onSubmittedWorkDone();
    underWay = 0;
  }
}

const megabytes = (bytes: number): string => Math.ceil(bytes / 1e6).toLocaleString('en');
