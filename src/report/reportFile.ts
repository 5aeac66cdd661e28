/** One file of a report, as pieces: to be saved, or to be a part of a bundle. */

export interface ReportFile {
  /** Relative, with `/`; plain ASCII. */
  readonly path: string;
  readonly type: string;
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
}

export const encoded = (text: string): Uint8Array<ArrayBuffer>[] => [new TextEncoder().encode(text)];
