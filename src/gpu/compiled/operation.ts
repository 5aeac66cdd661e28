/**
 * One dispatch of a compiled step, as data: its WGSL, what it binds and how many workgroups it takes. Code never holds the
 * size of a batch, which comes in a uniform, so that one pipeline serves every batch, every chunk of it and evaluation.
 */

/** Memory that the plan places: dispatches that are never alive together may share it. */
export interface PlannedBuffer {
  readonly label: string;
  readonly bytes: number;
  /** Holds float16 (`halfMaps.ts`). */
  readonly half?: boolean;
}

/** A buffer that a plan only counts on, where there is no device. */
export interface NamedBuffer {
  readonly label: string;
}

export type Resource = GPUBuffer | PlannedBuffer | NamedBuffer;

export const isPlanned = (resource: Resource): resource is PlannedBuffer => 'bytes' in resource;

export interface Binding {
  /** The variable's name in WGSL. */
  readonly name: string;
  /** Its WGSL type. */
  readonly type: string;
  readonly access: 'uniform' | 'read' | 'read_write';
  readonly resource: Resource;
  /** Bytes bound from the start; the shader's `arrayLength` follows from it. Null binds all. */
  readonly bytes: number | null;
}

export interface Operation {
  readonly label: string;
  readonly bindings: readonly Binding[];
  /** Functions and the entry point `main`. */
  readonly body: string;
  /** Invocations exchange numbers within their subgroup: the device must have `subgroups`. */
  readonly subgroups?: boolean;
  /** Workgroups for that many images. */
  readonly groups: (images: number) => Groups;
  /** Multiply-accumulates an image, to cut long steps into several submissions. */
  readonly macs: number;
  /** The chunk it works on. */
  readonly chunk: number;
}

export type Groups = readonly [number, number, number];

/** Invocations of a workgroup wherever one invocation needs no other. */
export const lanes = 64;

/** The largest number of workgroups along one axis in every WebGPU implementation. */
const mostGroups = 65535;

/** `count` workgroups along x, folded over z where there are too many; `linearGroup` in WGSL undoes the fold. */
export function spread(count: number, y = 1): Groups {
  if (count <= mostGroups) return [Math.max(1, count), y, 1];
  const z = Math.ceil(count / mostGroups);
  return [Math.ceil(count / z), y, z];
}

/** Opens an entry point of one invocation an item: `item` is its number. */
export const entry = `@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let item = (group.x + group.z * groups.x) * ${lanes}u + lane;`;

const structs: Readonly<Record<string, string>> = {
  // images: of this chunk; first: images of the batch before them; total: images of the batch; chunk: its number
  Batch: 'struct Batch { images: u32, first: u32, total: u32, chunk: u32 }',
  // first: place of the batch's first image in the order
  Feed: 'struct Feed { first: u32 }',
  // first: of its images in the split; images: their number; channels: stored of each
  Part: 'struct Part { first: u32, images: u32, channels: u32 }',
  // correct: right answers since the buffer was made; ofImages: [steps, images of the batch]
  Losses: 'struct Losses { correct: atomic<u32>, ofImages: array<f32> }',
  // slot: where this step's losses go; keys: one for each dropout layer
  Now: 'struct Now { rate: f32, momentum: f32, decay: f32, slot: u32, keys: array<vec4u, 8> }',
};

/** Dropout layers that `Now` has keys for. */
export const mostDropouts = 8;
export const nowBytes = 16 + 16 * mostDropouts;
export const batchBytes = 16;
export const feedBytes = 16;

/** The whole shader of an operation: equal text, equal pipeline. */
export function sourceOf({ bindings, body, subgroups = false }: Operation): string {
  const used = new Set(bindings.map(({ type }) => structs[type]).filter((text) => text !== undefined));
  const variables = bindings.map(({ access, name, type }, at) => {
    const space = access === 'uniform' ? 'uniform' : `storage, ${access}`;
    return `@group(0) @binding(${at}) var<${space}> ${name}: ${type};`;
  });
  const enabled = bindings.some(({ type }) => type.includes('f16')) ? ['enable f16;'] : [];
  // Subgroups leave as a whole (`directConv.ts`), which the analysis of uniformity, by workgroups, cannot see.
  if (subgroups) enabled.push('enable subgroups;', 'diagnostic(off, subgroup_uniformity);');
  return [...enabled, ...used, ...variables, body].join('\n');
}

export const vec4s = 'array<vec4f>';
export const floats = 'array<f32>';
export const words = 'array<u32>';

export function reads(name: string, resource: Resource, type = vec4s, bytes: number | null = null): Binding {
  return { name, type, access: 'read', resource, bytes };
}

export function writes(name: string, resource: Resource, type = vec4s, bytes: number | null = null): Binding {
  return { name, type, access: 'read_write', resource, bytes };
}

export function uniform(type: 'Batch' | 'Now' | 'Feed' | 'Part', resource: Resource): Binding {
  return { name: type.toLowerCase(), type, access: 'uniform', resource, bytes: null };
}

/** Channels are stored in fours; the last four of a layer may be partly empty, and is zero there. */
export const quads = (channels: number): number => Math.ceil(channels / 4);

/** `count` numbered copies of a piece of code, the number in place of `#`. */
export function unrolled(count: number, piece: (at: number) => string, between = '\n'): string {
  return Array.from({ length: count }, (_, at) => piece(at)).join(between);
}
