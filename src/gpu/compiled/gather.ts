/**
 * A batch made on the device from images that it holds as bytes: gathered, looked up in the table of floats and mirrored in
 * one kernel, with the targets beside them. The table is the processor's own, so the bits are those of `BatchSource.write`.
 */
import type { HeldImages, HeldPart } from '../heldImages.ts';
import type { Shape } from '../../model/network.ts';
import { entry, floats, quads, reads, uniform, vec4s, words, writes, type Operation, type Resource } from './operation.ts';
import { itemGroups, places } from './pooling.ts';

export interface GatherShape {
  readonly input: Shape;
  readonly classes: number;
  readonly multiLabel: boolean;
}

/** Where the order of an epoch and the targets lie; evaluation takes images in a row and needs neither. */
export interface TrainingGather {
  /** A word each: the image, and in its highest bit whether it is mirrored. */
  readonly order: Resource;
  /** [images of the batch, classes]. */
  readonly targets: Resource;
}

export interface GatherBuffers {
  readonly batch: Resource;
  readonly chunk: number;
  readonly feed: Resource;
  readonly part: Resource;
  readonly bytes: Resource;
  readonly table: Resource;
  readonly labels: Resource;
  readonly y: Resource;
  /** The chunk's images, at the start of `y`. */
  readonly images: number;
  readonly training: TrainingGather | null;
}

export const mirroredBit = 2 ** 31;

/** Of images in one part; those of others are left alone. */
export function gather(shape: GatherShape, buffers: GatherBuffers): Operation {
  const [height, width, channels] = shape.input;
  const { training } = buffers;
  const channel = (at: number) => (at < channels ? `value(start, ${at}u)` : '0.0');
  return {
    label: training === null ? 'gather to evaluate' : 'gather',
    bindings: [
      uniform('Batch', buffers.batch),
      uniform('Feed', buffers.feed),
      uniform('Part', buffers.part),
      reads('bytes', buffers.bytes, words),
      reads('table', buffers.table, floats),
      ...(training === null ? [] : [reads('order', training.order, words), reads('labels', buffers.labels, words)]),
      writes('y', buffers.y, vec4s, buffers.images * height * width * quads(channels) * 16),
      ...(training === null ? [] : [writes('targets', training.targets, floats)]),
    ],
    body: `fn value(start: u32, channel: u32) -> f32 {
  let at = start + min(channel, part.channels - 1u);
  let byte = (bytes[at / 4u] >> (at % 4u * 8u)) & 255u;
  return table[channel * 256u + byte];
}
${entry}${places(shape.input)}
  let place = batch.first + image;
  let word = ${training === null ? 'feed.first + place' : 'order[feed.first + place]'};
  let taken = word & 0x7fffffffu;
  let held = taken - part.first;
  if (held >= part.images) {
    return;
  }
  let start = ((held * ${height}u + row) * ${width}u + select(column, ${width - 1}u - column, word > 0x7fffffffu)) * part.channels;
  y[item] = vec4f(${[0, 1, 2, 3].map(channel).join(', ')});${training === null ? '' : targetsCode(shape)}
}`,
    groups: itemGroups(shape.input),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** An image's pixels share its classes out among them. */
const targetsCode = ({ classes, input: [height, width], multiLabel }: GatherShape) => `
  for (var k = row * ${width}u + column; k < ${classes}u; k += ${height * width}u) {
    targets[place * ${classes}u + k] = ${
      multiLabel ? `f32(labels[taken * ${classes}u + k])` : 'select(0.0, 1.0, labels[taken] == k)'
    };
  }`;

/** What a gather needs of a program: one entry a chunk. */
export interface Fed {
  readonly images: readonly number[];
  readonly batches: readonly GPUBuffer[];
  readonly input: readonly GPUBuffer[];
}

/** One operation for each chunk and part. */
export function gatherAll(
  shape: GatherShape,
  { batches, images, input }: Fed,
  { labels, parts, table }: HeldImages,
  feed: GPUBuffer,
  training: TrainingGather | null,
): Operation[] {
  const of = (chunk: number, { bytes, part }: HeldPart): Operation =>
    gather(shape, {
      batch: batches[chunk] as GPUBuffer,
      chunk,
      feed,
      part,
      bytes,
      table,
      labels,
      y: input[chunk] as GPUBuffer,
      images: images[chunk] as number,
      training,
    });
  return input.flatMap((_, chunk) => parts.map((part) => of(chunk, part)));
}
