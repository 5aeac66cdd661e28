/**
 * Bytes that arrive in pieces up to a known size. Memory follows what has arrived, never what a file claims will come:
 * capacity doubles, and ends exactly at the size.
 */
export class GrowingBytes {
  private readonly sizeBytes: number;
  private held: Uint8Array<ArrayBuffer>;
  private filled = 0;

  /** `expectBytes` is room to begin with: pass what is known to be there, such as the compressed bytes in the file. */
  constructor(sizeBytes: number, expectBytes = 0) {
    this.sizeBytes = sizeBytes;
    this.held = new Uint8Array(Math.min(sizeBytes, Math.max(expectBytes, 2 ** 16)));
  }

  /** Appends; the caller guarantees that no more than the size arrives. */
  append(piece: Uint8Array): void {
    const needed = this.filled + piece.length;
    if (needed > this.held.length) {
      const larger = new Uint8Array(Math.min(this.sizeBytes, Math.max(needed, this.held.length * 2)));
      larger.set(this.held.subarray(0, this.filled));
      this.held = larger;
    }
    this.held.set(piece, this.filled);
    this.filled = needed;
  }

  /** All of it. A view of its own buffer, exactly as long as what arrived. */
  whole(): Uint8Array<ArrayBuffer> {
    return this.filled === this.held.length ? this.held : this.held.slice(0, this.filled);
  }
}
