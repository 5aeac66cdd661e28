/**
 * How fast this device trains, for a time to be told before an experiment starts: timed while one runs, and kept with the
 * page's files; before that, a guess from the kind of device. A small network keeps a device less busy than a large one, so
 * that a pace is kept for each doubling of a network's arithmetic.
 */
import type { PaceOf } from '../experiment/forecast.ts';
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

/** A pace says something of networks up to so many doublings larger or smaller. */
const likeness = 2;

interface Timed {
  /** Multiply-accumulates of a pass. */
  readonly macs: number;
  readonly macsPerMs: number;
}

/** What an older build kept, one number for all networks, is not taken: it says nothing of its network. */
function timedOn(all: Readonly<Record<string, unknown>>, device: string): Timed[] {
  const found = all[device];
  return Array.isArray(found) ? found.filter(isTimed) : [];
}

function isTimed(value: unknown): value is Timed {
  const { macs, macsPerMs } = (value ?? {}) as Partial<Record<keyof Timed, unknown>>;
  return typeof macs === 'number' && macs > 0 && typeof macsPerMs === 'number' && macsPerMs > 0;
}

export class Paces {
  readonly #folder: Folder | null;

  /** @param folder null where the browser gives no storage */
  constructor(folder: Folder | null) {
    this.#folder = folder;
  }

  /** Of each network the pace of the nearest that was timed; a guess where none was, or only one of quite another size. */
  async of(device: string): Promise<PaceOf> {
    const timed = timedOn(await this.#read(), device);
    const guess = guesses.find(([kind]) => kind.test(device))?.[1] ?? slowest;
    return (macs) => {
      const away = ({ macs: other }: Timed) => Math.abs(Math.log2(macs / other));
      const [nearest] = timed.toSorted((one, other) => away(one) - away(other));
      return nearest === undefined
        ? { macsPerMs: guess, measured: false }
        : { macsPerMs: nearest.macsPerMs, measured: away(nearest) <= likeness };
    };
  }

  /** @param macs multiply-accumulates of one image's pass through the network that was timed */
  async keep(device: string, macs: number, macsPerMs: number): Promise<void> {
    const all = await this.#read();
    const size = (timed: Timed) => Math.round(Math.log2(timed.macs));
    const now = { macs, macsPerMs };
    const kept = [...timedOn(all, device).filter((timed) => size(timed) !== size(now)), now];
    await this.#folder?.write(fileName, [new TextEncoder().encode(JSON.stringify({ ...all, [device]: kept }))]).catch(() => {});
  }

  async #read(): Promise<Readonly<Record<string, unknown>>> {
    try {
      return JSON.parse((await (await this.#folder?.read(fileName))?.text()) ?? '{}') as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}
