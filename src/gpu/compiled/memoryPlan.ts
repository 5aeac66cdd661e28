/**
 * Places planned buffers in as few and as small GPU buffers as their lifetimes allow: the largest first, each where it makes
 * a place grow least. Lives run from a buffer's first operation to its last. What lives at once may lie beside one another
 * in one place, unless an operation binds both and writes one: WebGPU tracks what is written by whole GPU buffers.
 */
import { isPlanned, type Operation, type PlannedBuffer } from './operation.ts';

/** What every device can bind a storage buffer at. */
const alignment = 256;

export interface Place {
  bytes: number;
  readonly lives: readonly Life[];
}

export interface Spot {
  readonly place: number;
  readonly offset: number;
}

export interface MemoryPlan {
  readonly places: readonly Place[];
  readonly spotOf: ReadonlyMap<PlannedBuffer, Spot>;
  readonly bytes: number;
}

export interface Outside {
  /** Filled before the first operation. */
  readonly before: readonly PlannedBuffer[];
  /** Read after the last. */
  readonly after: readonly PlannedBuffer[];
}

interface Life {
  readonly bytes: number;
  first: number;
  last: number;
  offset: number;
  /** Operations that bind it, and whether they write it. */
  readonly uses: Map<number, boolean>;
}

/** @param outside buffers that are used before the first operation or after the last; they lie at the start of their place */
export function planMemory(operations: readonly Operation[], outside: Outside): MemoryPlan {
  const lives = livesOf(operations, outside);
  const atStart = new Set([...outside.before, ...outside.after]);
  const places: { bytes: number; lives: Life[] }[] = [];
  const spotOf = new Map<PlannedBuffer, Spot>();
  const largestFirst = [...lives].sort(([a], [b]) => b.bytes - a.bytes);
  for (const [buffer, life] of largestFirst) {
    let best = { place: places.length, offset: 0, grows: life.bytes, left: 0 };
    places.forEach((place, at) => {
      const offset = offsetIn(place.lives, life);
      if (offset === null || (offset > 0 && atStart.has(buffer))) return;
      const grows = Math.max(0, offset + life.bytes - place.bytes);
      // A place must not outgrow the largest buffer, which is what devices are known to allow.
      if (offset + life.bytes > Math.max(place.bytes, (largestFirst[0] as [PlannedBuffer, Life])[0].bytes)) return;
      const left = place.bytes - life.bytes;
      if (grows < best.grows || (grows === best.grows && best.place < places.length && left < best.left))
        best = { place: at, offset, grows, left };
    });
    const place = places[best.place] ?? { bytes: 0, lives: [] };
    places[best.place] = place;
    life.offset = best.offset;
    place.bytes = Math.max(place.bytes, best.offset + life.bytes);
    place.lives.push(life);
    spotOf.set(buffer, best);
  }
  return { places, spotOf, bytes: places.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function livesOf(operations: readonly Operation[], outside: Outside): Map<PlannedBuffer, Life> {
  const lives = new Map<PlannedBuffer, Life>();
  const use = (buffer: PlannedBuffer, at: number): Life => {
    const life = lives.get(buffer) ?? { bytes: buffer.bytes, first: at, last: at, offset: 0, uses: new Map<number, boolean>() };
    lives.set(buffer, life);
    life.last = Math.max(life.last, at);
    return life;
  };
  for (const buffer of outside.before) use(buffer, -1);
  operations.forEach(({ bindings }, at) => {
    for (const { access, resource } of bindings) {
      if (!isPlanned(resource)) continue;
      const { uses } = use(resource, at);
      uses.set(at, uses.get(at) === true || access === 'read_write');
    }
  });
  for (const buffer of outside.after) use(buffer, operations.length);
  return lives;
}

/** The lowest offset that is free while `life` lives; null where it may not lie in that place. */
function offsetIn(others: readonly Life[], life: Life): number | null {
  const beside = others.filter(({ first, last }) => last >= life.first && first <= life.last);
  if (beside.some((other) => clash(other, life))) return null;
  let offset = 0;
  for (const other of beside.toSorted((a, b) => a.offset - b.offset)) {
    if (offset + life.bytes <= other.offset) break;
    offset = Math.max(offset, Math.ceil((other.offset + other.bytes) / alignment) * alignment);
  }
  return offset;
}

/** Whether an operation binds both and writes one. */
function clash(a: Life, b: Life): boolean {
  for (const [at, writes] of a.uses) {
    const other = b.uses.get(at);
    if (other !== undefined && (writes || other)) return true;
  }
  return false;
}
