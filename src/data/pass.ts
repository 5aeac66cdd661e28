/**
 * The one pass over a file: every byte is read once, in order, hashed, and handed to the member it belongs to. A damaged
 * member is noted and the pass goes on, so that the report can name them all.
 */
import { StudioError, type StudioErrorData } from '../base/errors.ts';
import { FileDigest } from './digest.ts';
import { pace } from './limits.ts';
import { InflateStopped, MemberReader, whyStopped, type Sink } from './member.ts';
import type { Source } from './source.ts';
import type { ZipMember } from './zip.ts';

export interface Wanted {
  readonly member: ZipMember;
  readonly sink: Sink;
}

export interface PassResult {
  readonly sha256: string;
  readonly md5: string;
  readonly problems: readonly StudioErrorData[];
}

/** Throws only `file-gone` and `cancelled`; what is wrong inside a member stands in the result. */
export async function readThrough(
  source: Source,
  wanted: readonly Wanted[],
  onProgress: (doneBytes: number) => void,
): Promise<PassResult> {
  const digest = await FileDigest.begin(source.sizeBytes);
  const problems: StudioErrorData[] = [];
  const queue = wanted.toSorted((a, b) => a.member.dataFrom - b.member.dataFrom);
  let open: { wanted: Wanted; reader: MemberReader } | null = null;

  /** Runs one act on the open member; a StudioError closes it, anything else goes up. */
  const guarded = async (act: (reader: MemberReader) => Promise<void>): Promise<void> => {
    if (open === null) return;
    const { reader, wanted: current } = open;
    try {
      await act(reader);
    } catch (stop) {
      open = null;
      await reader.cancel();
      const told = stop instanceof InflateStopped ? await whyStopped(source, current.member) : stop;
      if (!(told instanceof StudioError)) throw told;
      problems.push(told.toData());
    }
  };
  /** Opens and closes members whose boundaries lie at `at`; says where the next boundary is. */
  const boundary = async (at: number): Promise<number> => {
    for (;;) {
      if (open !== null) {
        const { member } = (open as { wanted: Wanted }).wanted;
        const end = member.dataFrom + member.compressedBytes;
        if (at < end) return end;
        await guarded((reader) => reader.finish());
        open = null;
      }
      const next = queue[0];
      if (next === undefined) return source.sizeBytes;
      if (at < next.member.dataFrom) return next.member.dataFrom;
      queue.shift();
      // A member that was given up on is passed over: its data lies behind `at`.
      open = { wanted: next, reader: new MemberReader(next.member, next.sink) };
    }
  };

  const readAt = (from: number): Promise<Uint8Array<ArrayBuffer>> => {
    const reading = source.read(from, Math.min(source.sizeBytes, from + pace.readBytes));
    // A read-ahead may be left behind by an error; its own failure then matters to no one.
    reading.catch(() => undefined);
    return reading;
  };
  try {
    let ahead = readAt(0);
    let untilBoundary = await boundary(0);
    for (let from = 0; from < source.sizeBytes;) {
      const bytes = await ahead;
      if (from + bytes.length < source.sizeBytes) ahead = readAt(from + bytes.length);
      const hashing = hash(digest, bytes);
      for (let at = 0; at < bytes.length;) {
        if (from + at >= untilBoundary) untilBoundary = await boundary(from + at);
        const piece = bytes.subarray(at, Math.min(bytes.length, at + pace.inflateBytes, untilBoundary - from));
        await guarded((reader) => reader.push(piece));
        at += piece.length;
      }
      await hashing;
      from += bytes.length;
      onProgress(from);
    }
    await boundary(source.sizeBytes);
  } finally {
    await (open as { reader: MemberReader } | null)?.reader.cancel();
  }
  return { ...(await digest.end()), problems };
}

/**
 * Hashes a slice beside the inflater. Node inflates on another thread and comes back here for every 16 KiB, so that hashing
 * there goes in steps as small; browsers inflate on this thread, and steps would gain nothing.
 */
async function hash(digest: FileDigest, bytes: Uint8Array): Promise<void> {
  if (typeof setImmediate === 'undefined') return digest.update(bytes);
  for (let at = 0; at < bytes.length; at += pace.hashBytes) {
    digest.update(bytes.subarray(at, at + pace.hashBytes));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
