/**
 * Places planned buffers in as few and as small GPU buffers as their lifetimes allow: the largest first, each into the
 * tightest place that is free while it lives. Lives run from a buffer's first operation to its last.
 */
import { isPlanned, type Operation, type PlannedBuffer } from './operation.ts';

export interface Place {
  bytes: number;
  readonly lives: { readonly first: number; readonly last: number }[];
}

export interface MemoryPlan {
  readonly places: readonly Place[];
  readonly placeOf: ReadonlyMap<PlannedBuffer, number>;
  readonly bytes: number;
}

/** @param outside buffers that are used before the first operation or after the last */
export function planMemory(operations: readonly Operation[], outside: Outside): MemoryPlan {
  const lives = new Map<PlannedBuffer, { first: number; last: number }>();
  const use = (buffer: PlannedBuffer, at: number) => {
    const life = lives.get(buffer);
    if (life === undefined) lives.set(buffer, { first: at, last: at });
    else life.last = Math.max(life.last, at);
  };
  for (const buffer of outside.before) use(buffer, -1);
  operations.forEach(({ bindings }, at) => {
    for (const { resource } of bindings) if (isPlanned(resource)) use(resource, at);
  });
  for (const buffer of outside.after) use(buffer, operations.length);

  const places: Place[] = [];
  const placeOf = new Map<PlannedBuffer, number>();
  const largestFirst = [...lives].sort(([a], [b]) => b.bytes - a.bytes);
  for (const [buffer, life] of largestFirst) {
    let best = -1;
    places.forEach((place, at) => {
      const free = place.lives.every(({ first, last }) => last < life.first || first > life.last);
      if (free && (best === -1 || place.bytes < (places[best] as Place).bytes)) best = at;
    });
    if (best === -1) {
      best = places.length;
      places.push({ bytes: buffer.bytes, lives: [] });
    }
    (places[best] as Place).lives.push(life);
    placeOf.set(buffer, best);
  }
  return { places, placeOf, bytes: places.reduce((sum, { bytes }) => sum + bytes, 0) };
}

export interface Outside {
  /** Filled before the first operation. */
  readonly before: readonly PlannedBuffer[];
  /** Read after the last. */
  readonly after: readonly PlannedBuffer[];
}
