/**
 * Every limit of intake in one place. What lies beyond a limit is refused with the limit named in the text; nothing is
 * cut short silently.
 */

const kibi = 1024;
const mebi = 1024 * kibi;
const gibi = 1024 * mebi;

export const limits = {
  /** A zip's directory of contents. */
  directoryBytes: mebi,
  members: 64,
  /** UTF-8 bytes of a member's name. */
  nameBytes: 255,
  /** Deflate cannot do better: a 258-byte match in two bits (zlib's technical notes). */
  deflateRatio: 1032,
  /** One array inflated. */
  memberBytes: 16 * gibi,
  /** NumPy's own `_MAX_HEADER_SIZE`. */
  npyHeaderBytes: 10_000,
  rank: 8,
  classes: 1000,
  /** One label array inflated; its numbers are held at eight bytes each while they are checked. */
  labelBytes: 64 * mebi,
  imageSideMin: 8,
  imageSideMax: 512,
  /** All arrays of the dataset, inflated; callers may pass less. */
  memoryBytes: 2 * gibi,
  /** Files up to this size are kept while they are read, for the platform's SHA-256. */
  digestKeepBytes: 128 * mebi,
} as const;

/** How intake reads: sizes that change its pace and never its result. */
export const pace = {
  /** One read of the file. */
  readBytes: 2 * mebi,
  /** One write into the inflater: bounds what a bomb can queue to 1032 times this. */
  inflateBytes: 128 * kibi,
  /** One step of hashing where another thread inflates meanwhile. */
  hashBytes: 32 * kibi,
  /** First read of a member when only its npy header is wanted. */
  peekBytes: 16 * kibi,
  /** Longest stretch of arithmetic before the thread takes a breath. */
  stretchMs: 30,
} as const;
