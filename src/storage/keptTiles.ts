/**
 * The tiles that were measured to be fastest, in a small file: by adapter, and only as long as the build stays, whose kernels
 * they were measured with. Where the file cannot be read or written, they are remembered as long as this object lives.
 */
import type { Folder } from './slots.ts';

const fileName = 'tiles.json';

export class KeptTiles {
  readonly #folder: Folder | null;
  readonly #build: string;
  readonly #adapters = new Map<string, string>();

  /** @param folder null where there is no storage */
  constructor(folder: Folder | null, build: string) {
    this.#folder = folder;
    this.#build = build;
  }

  async read(adapter: string): Promise<string | null> {
    return this.#adapters.get(adapter) ?? (await this.#kept())[adapter] ?? null;
  }

  async keep(adapter: string, choice: string): Promise<void> {
    this.#adapters.set(adapter, choice);
    const adapters = { ...(await this.#kept()), [adapter]: choice };
    const text = `${JSON.stringify({ build: this.#build, adapters }, null, 2)}\n`;
    await this.#folder?.write(fileName, [new TextEncoder().encode(text)]).catch(() => {});
  }

  async #kept(): Promise<Readonly<Record<string, string>>> {
    try {
      const file = await this.#folder?.read(fileName);
      const { adapters, build } = JSON.parse((await file?.text()) ?? '{}') as { build?: unknown; adapters?: unknown };
      if (build !== this.#build || typeof adapters !== 'object' || adapters === null) return {};
      return Object.fromEntries(Object.entries(adapters).filter(([, choice]) => typeof choice === 'string'));
    } catch {
      return {};
    }
  }
}
