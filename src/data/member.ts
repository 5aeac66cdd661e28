/**
 * One member of a zip as a stream of its bytes. Nothing reaches the end unless the size, the CRC-32 and the very last
 * compressed byte agree with the directory; output stops at the declared size, so a bomb goes off in no one's memory.
 *
 * Engines differ on `deflate-raw`: with bytes after the end of the stream Chromium throws and Node says nothing. So a
 * member is handed over as gzip: a header, one stored block of eight random bytes, the member's own bytes, and the
 * trailer for (random bytes + data), its CRC computed from the directory's. Every engine must then find the trailer
 * exactly where the member ends; junk in between would have to guess a CRC of bytes drawn after it was written.
 */
import { crc32, crc32Joined, shown } from '../base/bytes.ts';
import { StudioError, type StudioErrorData } from '../base/errors.ts';
import { pace } from './limits.ts';
import { problem } from './problems.ts';
import type { Source } from './source.ts';
import type { ZipMember } from './zip.ts';

/** Takes the member's bytes in order; may throw a StudioError to stop. */
export type Sink = (piece: Uint8Array) => void;

const nonceBytes = 8;

/** Feed it the member's compressed bytes in order with `push`, then await `finish`. Errors: `zip-*`, or what the sink throws. */
export class MemberReader {
  private readonly member: ZipMember;
  private readonly sink: Sink;
  private readonly writer: WritableStreamDefaultWriter<BufferSource> | null = null;
  private readonly pumping: Promise<void> = Promise.resolve();
  private trailer = new Uint8Array(0);
  /** Inflated bytes seen; negative while the random bytes pass. */
  private seenBytes: number;
  private crc = 0;
  private stopped: unknown = undefined;

  constructor(member: ZipMember, sink: Sink) {
    this.member = member;
    this.sink = sink;
    this.seenBytes = 0;
    if (member.method === 'stored') return;
    this.seenBytes = -nonceBytes;
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const stream = new DecompressionStream('gzip');
    this.writer = stream.writable.getWriter();
    this.writer.closed.catch(() => undefined);
    this.pumping = this.pump(stream.readable.getReader());
    this.pumping.catch(() => undefined);
    this.trailer = trailerOf(nonce, member);
    void this.write(prefixOf(nonce)).catch(() => undefined);
  }

  /** Bytes of the member as they lie in the zip. Resolves when the inflater has taken them. */
  async push(compressed: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.writer === null) {
      this.crc = crc32(compressed, this.crc);
      this.take(compressed);
      return;
    }
    for (let at = 0; at < compressed.length; at += pace.inflateBytes) {
      await this.write(compressed.subarray(at, at + pace.inflateBytes));
    }
  }

  /** After the last `push`. Throws unless size, CRC and end are exactly as declared. */
  async finish(): Promise<void> {
    if (this.writer !== null) {
      await this.write(this.trailer);
      try {
        await this.writer.close();
        await this.pumping;
      } catch (cause) {
        throw this.stopped ?? new InflateStopped(cause);
      }
    } else if (this.crc !== this.member.crc32) {
      throw new StudioError(crcProblem(this.member, this.crc));
    }
    if (this.seenBytes !== this.member.sizeBytes) throw new StudioError(sizeProblem(this.member, this.seenBytes));
  }

  /** Lets go of the inflater; the member stays unfinished. */
  async cancel(): Promise<void> {
    try {
      await this.writer?.abort();
      await this.pumping;
    } catch {
      // An inflater that has already stopped has nothing more to say.
    }
  }

  private async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.writer?.write(bytes);
    } catch (cause) {
      await this.pumping.catch(() => undefined);
      throw this.stopped ?? new InflateStopped(cause);
    }
    if (this.stopped !== undefined) throw this.stopped;
  }

  private async pump(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const before = this.seenBytes;
      try {
        if (before >= 0) this.take(value);
        else if (value.length + before > 0) {
          this.seenBytes = 0;
          this.take(value.subarray(-before));
        } else this.seenBytes += value.length;
      } catch (stop) {
        this.stopped = stop;
        await reader.cancel(stop).catch(() => undefined);
        await this.writer?.abort(stop).catch(() => undefined);
        throw stop;
      }
    }
  }

  private take(piece: Uint8Array): void {
    if (this.seenBytes + piece.length > this.member.sizeBytes) {
      throw new StudioError(sizeProblem(this.member, null));
    }
    this.seenBytes += piece.length;
    this.sink(piece);
  }
}

/** The inflater refused; `whyStopped` finds out what exactly is wrong. */
export class InflateStopped extends Error {
  constructor(cause: unknown) {
    super('the inflater stopped', { cause });
  }
}

/** gzip header (RFC 1952, no name, no time), then a stored block, not the last (RFC 1951, 3.2.4), that ends on a byte. */
function prefixOf(nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 0, nonceBytes, 0, ~nonceBytes & 0xff, 0xff, ...nonce);
}

function trailerOf(nonce: Uint8Array, member: ZipMember): Uint8Array<ArrayBuffer> {
  const trailer = new Uint8Array(8);
  const view = new DataView(trailer.buffer);
  view.setUint32(0, crc32Joined(crc32(nonce), member.crc32, member.sizeBytes), true);
  view.setUint32(4, (nonceBytes + member.sizeBytes) % 2 ** 32, true);
  return trailer;
}

/** Reads a whole member into `sink`, checked to its last byte. */
export async function readMember(source: Source, member: ZipMember, sink: Sink): Promise<void> {
  const reader = new MemberReader(member, sink);
  try {
    const end = member.dataFrom + member.compressedBytes;
    for (let at = member.dataFrom; at < end; at += pace.readBytes) {
      await reader.push(await source.read(at, Math.min(end, at + pace.readBytes)));
    }
    await reader.finish();
  } catch (stop) {
    await reader.cancel();
    throw stop instanceof InflateStopped ? await whyStopped(source, member) : stop;
  }
}

/** The first `wanted` inflated bytes of a member (fewer where it is shorter), unchecked. Throws `zip-inflate`. */
export async function headOf(source: Source, member: ZipMember, wanted: number): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(wanted, member.sizeBytes));
  if (member.method === 'stored') return source.read(member.dataFrom, member.dataFrom + head.length);
  let filled = 0;
  const sound = await inflateRaw(source, member, pace.peekBytes, (piece) => {
    const part = piece.subarray(0, head.length - filled);
    head.set(part, filled);
    filled += part.length;
    return filled < head.length;
  });
  if (filled < head.length)
    throw sound ? await whyStopped(source, member) : new StudioError(inflateProblem(member, brokenStream));
  return head;
}

/**
 * Inflates without the trailer, until `take` says stop. True at a clean end or a stop, false where the inflater
 * gave up (its words differ by engine). Slower words than the fast way has, for the two places that need them.
 */
async function inflateRaw(
  source: Source,
  member: ZipMember,
  readBytes: number,
  take: (piece: Uint8Array) => boolean,
): Promise<boolean> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  writer.closed.catch(() => undefined);
  let enough = false;
  let lost: unknown = undefined;
  const feeding = (async () => {
    const end = member.dataFrom + member.compressedBytes;
    for (let at = member.dataFrom; at < end && !enough; at += readBytes) {
      const bytes = await source.read(at, Math.min(end, at + readBytes)).catch((cause: unknown) => {
        lost = cause;
        throw cause;
      });
      await writer.write(bytes);
    }
    if (!enough) await writer.close();
  })().catch(async (cause: unknown) => {
    await writer.abort(cause).catch(() => undefined);
  });
  let sound = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!take(value)) {
        enough = true;
        await reader.cancel().catch(() => undefined);
        break;
      }
    }
  } catch {
    sound = false;
  }
  enough = true;
  await writer.abort().catch(() => undefined);
  await feeding;
  if (lost !== undefined) throw lost;
  return sound;
}

/** Inflates once more, slowly, to tell a wrong CRC from a wrong size from broken or surplus data. */
export async function whyStopped(source: Source, member: ZipMember): Promise<StudioError> {
  let bytes = 0;
  let crc = 0;
  const sound = await inflateRaw(source, member, pace.inflateBytes, (piece) => {
    bytes += piece.length;
    crc = crc32(piece, crc);
    return bytes <= member.sizeBytes;
  });
  if (!sound) return new StudioError(inflateProblem(member, brokenStream));
  if (bytes !== member.sizeBytes) return new StudioError(sizeProblem(member, bytes > member.sizeBytes ? null : bytes));
  if (crc !== member.crc32) return new StudioError(crcProblem(member, crc));
  return new StudioError(inflateProblem(member, 'bytes after the end of the compressed data'));
}

const brokenStream = 'bytes that no deflate stream can have there, or its end missing';
const again = { remedy: 'Download the file again, or save it again with numpy.savez_compressed.' };

function inflateProblem(member: ZipMember, found: string): StudioErrorData {
  const row = { where: shown(member.name), found, expected: 'one complete deflate stream' };
  return problem('zip-inflate', `“${shown(member.name)}” cannot be unpacked: its compressed data is damaged.`, row, again);
}

/** `bytes`: how many there were, or null where there were more than declared. */
function sizeProblem(member: ZipMember, bytes: number | null): StudioErrorData {
  const found = bytes === null ? `more than ${member.sizeBytes} bytes` : `${bytes} bytes`;
  const row = { where: shown(member.name), found, expected: `${member.sizeBytes} bytes, as the directory says` };
  return problem('zip-size-lie', `“${shown(member.name)}” unpacks to another size than the zip declares.`, row, again);
}

function crcProblem(member: ZipMember, crc: number): StudioErrorData {
  const hex = (word: number): string => word.toString(16).padStart(8, '0');
  const row = { where: `${shown(member.name)}, CRC-32`, found: hex(crc), expected: hex(member.crc32) };
  return problem('zip-crc', `“${shown(member.name)}” was damaged on its way: its checksum is wrong.`, row, again);
}
