/**
 * SHA-256 and MD5 of a file, fed on the way past: one reading serves the digests and the arrays. SHA-256 of a file small enough
 * to keep is left to the platform, which is several times faster and works beside this thread; larger files stream through wasm.
 */
import { createMD5, createSHA256, type IHasher } from 'hash-wasm';
import { limits } from './limits.ts';

export class FileDigest {
  private readonly md5: IHasher;
  /** The file so far, for the platform, or a running hash. */
  private readonly sha256: Uint8Array<ArrayBuffer> | IHasher;
  private filled = 0;

  private constructor(md5: IHasher, sha256: Uint8Array<ArrayBuffer> | IHasher) {
    this.md5 = md5;
    this.sha256 = sha256;
  }

  /** For a file of `sizeBytes`; above `keepBytes` nothing is kept. */
  static async begin(sizeBytes: number, keepBytes: number = limits.digestKeepBytes): Promise<FileDigest> {
    // Outside secure contexts (plain http on another machine) there is no `subtle`.
    const keep = sizeBytes <= keepBytes && (crypto as Partial<Crypto>).subtle !== undefined;
    return new FileDigest(await createMD5(), keep ? new Uint8Array(sizeBytes) : await createSHA256());
  }

  update(bytes: Uint8Array): void {
    this.md5.update(bytes);
    if (this.sha256 instanceof Uint8Array) this.sha256.set(bytes, this.filled);
    else this.sha256.update(bytes);
    this.filled += bytes.length;
  }

  /** Lower-case hex, as `sha256sum` and `md5sum` print it. */
  async end(): Promise<{ readonly sha256: string; readonly md5: string }> {
    const md5 = this.md5.digest('hex');
    if (!(this.sha256 instanceof Uint8Array)) return { sha256: this.sha256.digest('hex'), md5 };
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', this.sha256));
    return { sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''), md5 };
  }
}

/** SHA-256 of several arrays end to end, lower-case hex. */
export async function sha256Of(pieces: readonly Uint8Array[]): Promise<string> {
  const hasher = await createSHA256();
  for (const piece of pieces) hasher.update(piece);
  return hasher.digest('hex');
}
