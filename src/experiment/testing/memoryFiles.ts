/** Files of finished runs in memory, for tests; counts what is written. */
import type { RunFiles } from '../runStore.ts';

export class MemoryFiles implements RunFiles {
  readonly files = new Map<string, Blob>();

  read(name: string): Promise<Blob | null> {
    return Promise.resolve(this.files.get(name) ?? null);
  }

  write(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    this.files.set(name, new Blob([...pieces]));
    return Promise.resolve();
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.files.keys()]);
  }
}
