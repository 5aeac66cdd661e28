/**
 * How fast this device trains, for a time to be told before an experiment starts: timed while one runs, and kept with the
 * page's files; before that, a guess from the kind of device.
 */
import type { Pace } from '../experiment/forecast.ts';
import type { Folder } from '../storage/slots.ts';

/** Multiply-accumulates a millisecond, of the order that small networks reach. */
const guesses: readonly (readonly [RegExp, number])[] = [
  [/^webgpu: .*(swiftshader|llvmpipe|lavapipe|software)/i, 3e5],
  [/^webgpu/, 2e7],
  [/^webgl/, 3e6],
  [/^wasm/, 1e6],
];
const slowest = 3e4;
const fileName = 'pace.json';

export class Paces {
  readonly #folder: Folder | null;

  /** @param folder null where the browser gives no storage */
  constructor(folder: Folder | null) {
    this.#folder = folder;
  }

  async of(device: string): Promise<Pace> {
    const timed = (await this.#read())[device];
    if (typeof timed === 'number' && timed > 0) return { macsPerMs: timed, measured: true };
    return { macsPerMs: guesses.find(([kind]) => kind.test(device))?.[1] ?? slowest, measured: false };
  }

  async keep(device: string, macsPerMs: number): Promise<void> {
    const all = { ...(await this.#read()), [device]: macsPerMs };
    await this.#folder?.write(fileName, [new TextEncoder().encode(JSON.stringify(all))]).catch(() => {});
  }

  async #read(): Promise<Readonly<Record<string, unknown>>> {
    try {
      return JSON.parse((await (await this.#folder?.read(fileName))?.text()) ?? '{}') as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}
