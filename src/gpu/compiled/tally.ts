/**
 * Sums over a map's pixels, channel by channel, in two passes: slots of a few pixels each, then one workgroup a quad that
 * joins them. Both orders are fixed, whoever computes the slots: a dispatch of its own, or a convolution in its epilogue,
 * right after it has stored those pixels. Chunks of a batch count as more slots, and a batch in chunks is one batch.
 */
import {
  lanes,
  quads,
  reads,
  spread,
  uniform,
  type Binding,
  type Operation,
  type PlannedBuffer,
  type Resource,
} from './operation.ts';

/** Every tile of a convolution holds whole slots. */
export const pixelsOfSlot = 32;

export interface TalliedMap {
  readonly name: string;
  readonly channels: number;
  /** Of one image. */
  readonly pixels: number;
}

/** Where slots are written: those of all chunks, one after another, and in each of them the channels in fours. */
export interface Slots {
  readonly buffer: PlannedBuffer;
  /** Of one chunk: some of the last may be empty. */
  readonly count: number;
}

/** What is written of each slot: a kernel's epilogue, or all of a kernel. */
export interface Tally {
  readonly label: string;
  readonly map: TalliedMap;
  /** The map's name in WGSL, bound by the kernel. */
  readonly of: string;
  readonly bindings: readonly Binding[];
  /** Declares `tally(slot: u32, quad: u32, begin: u32, end: u32)`: of pixels `begin` to before `end`, which may be none. */
  readonly code: string;
  /** Of the largest chunk: every chunk goes over as many, so that all slots are written. */
  readonly images: number;
}

/** @param fours numbers kept of each slot and quad, in fours */
export function slotsOf(label: string, { channels }: TalliedMap, fours: number, count: number, chunks: number): Slots {
  return { buffer: { label, bytes: count * chunks * quads(channels) * fours * 16 }, count };
}

/** Quads of one workgroup, and slots beside one another in it. */
const laneShape = ({ channels }: TalliedMap) => {
  const across = Math.min(quads(channels), lanes);
  return { across, down: Math.floor(lanes / across) };
};

const slotGroups = (map: TalliedMap, images: number) => {
  const { across, down } = laneShape(map);
  const [high, , deep] = spread(Math.ceil((images * map.pixels) / (pixelsOfSlot * down)));
  return [Math.ceil(quads(map.channels) / across), high, deep] as const;
};

/** Slots of one chunk where the tally has a dispatch of its own. */
export function ownSlots(map: TalliedMap, images: number): number {
  const [, high, deep] = slotGroups(map, images);
  return high * deep * laneShape(map).down;
}

/** The tally in a dispatch of its own, over a map that lies there. */
export function tallyMap(tally: Tally, buffers: { batch: Resource; chunk: number; map: Resource }): Operation {
  const { images, map } = tally;
  const { across, down } = laneShape(map);
  return {
    label: tally.label,
    bindings: [uniform('Batch', buffers.batch), reads(tally.of, buffers.map), ...tally.bindings],
    body: `${tally.code}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quad = group.x * ${across}u + lane % ${across}u;
  if (lane >= ${across * down}u || quad >= ${quads(map.channels)}u) {
    return;
  }
  let slot = (group.y + group.z * groups.y) * ${down}u + lane / ${across}u;
  let pixels = batch.images * ${map.pixels}u;
  let begin = slot * ${pixelsOfSlot}u;
  tally(batch.chunk * groups.y * groups.z * ${down}u + slot, quad, min(begin, pixels), min(begin + ${pixelsOfSlot}u, pixels));
}`,
    groups: () => slotGroups(map, images),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/**
 * WGSL: opens `main` for one workgroup a quad, whose lanes join every 64th slot and then one another. Empty slots at the end
 * change nothing. `slotAt(slot, quad) -> TYPE` and `joined(TYPE, TYPE) -> TYPE` are the caller's; lane 0 goes on with `all`.
 */
export const joinSlots = (type: string, none: string, slots: string) => `
var<workgroup> parts: array<${type}, ${lanes}>;
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quad = group.x;
  var part = ${none};
  for (var slot = lane; slot < ${slots}; slot += ${lanes}u) {
    part = joined(part, slotAt(slot, quad));
  }
  parts[lane] = part;
  workgroupBarrier();
  for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
    if (lane < half) {
      parts[lane] = joined(parts[lane], parts[lane + half]);
    }
    workgroupBarrier();
  }
  if (lane > 0u) {
    return;
  }
  let all = parts[0];`;
