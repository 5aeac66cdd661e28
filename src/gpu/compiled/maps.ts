/**
 * What else happens to maps: sums of two paths, PyTorch's flattening, dropout, and the normalised map written out for a
 * direct convolution, which would otherwise normalise it once for every tap and block of channels.
 */
import threefry from '../../base/threefry.wgsl?raw';
import type { Shape } from '../../model/network.ts';
import { activated, gradientSink, type Contribution, type Stored } from './activation.ts';
import { entry, quads, reads, uniform, writes, type Operation, type Resource } from './operation.ts';
import { itemGroups, places, type MapBuffers } from './pooling.ts';

/** y = x as it is to be read. */
export function activate(input: Stored, buffers: MapBuffers & { y: Resource }): Operation {
  const x = activated('x', input);
  return {
    label: `activation ${input.node.number}`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, writes('y', buffers.y)],
    body: `${x.code}
${entry}${places(input.node.shape)}
  y[item] = x(item, quad);
}`,
    groups: itemGroups(input.node.shape),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** y = main + shortcut, rectified where `relu`. */
export function addMaps(main: Stored, shortcut: Stored, relu: boolean, buffers: MapBuffers & { y: Resource }): Operation {
  const a = activated('trunk', main);
  const b = activated('shortcut', shortcut);
  const sum = 'trunk(item, quad) + shortcut(item, quad)';
  return {
    label: `sum ${main.node.number} ${shortcut.node.number}`,
    bindings: [uniform('Batch', buffers.batch), ...a.bindings, ...b.bindings, writes('y', buffers.y)],
    body: `${a.code}
${b.code}
${entry}${places(main.node.shape)}
  let sum = ${sum};
  y[item] = ${relu ? 'max(sum, vec4f(0.0))' : 'sum'};
}`,
    groups: itemGroups(main.node.shape),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** A gradient passed on as it is: the way back through a sum. */
export function passGradient(shape: Shape, buffers: MapBuffers & { dy: Resource }, contribution: Contribution): Operation {
  const sink = gradientSink(contribution);
  return {
    label: 'sum gradient',
    bindings: [uniform('Batch', buffers.batch), reads('dy', buffers.dy), ...sink.bindings],
    body: `${sink.code}
${entry}${places(shape)}
  addGradient(item, quad, dy[item]);
}`,
    groups: itemGroups(shape),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** To one row of features in PyTorch's order: channel, row, column. */
export function flatten(input: Stored, output: Shape, buffers: MapBuffers & { y: Resource }): Operation {
  const [height, width, channels] = input.node.shape;
  const four = quads(channels);
  const x = activated('x', input);
  return {
    label: `flatten ${input.node.number}`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, writes('y', buffers.y)],
    body: `${x.code}
${entry}${places(output)}
  var four: array<f32, 4>;
  for (var part = 0u; part < 4u; part++) {
    let feature = quad * 4u + part;
    if (feature < ${output[2]}u) {
      let channel = feature / ${height * width}u;
      let pixel = image * ${height * width}u + feature % ${height * width}u;
      four[part] = x(pixel * ${four}u + channel / 4u, channel / 4u)[channel % 4u];
    }
  }
  y[item] = vec4f(four[0], four[1], four[2], four[3]);
}`,
    groups: itemGroups(output),
    macs: 0,
    chunk: buffers.chunk,
  };
}

export function flattenGradient(
  input: Stored,
  output: Shape,
  buffers: MapBuffers & { dy: Resource },
  contribution: Contribution,
): Operation {
  const [height, width, channels] = input.node.shape;
  const sink = gradientSink(contribution);
  return {
    label: `flatten ${input.node.number} gradient`,
    bindings: [uniform('Batch', buffers.batch), reads('dy', buffers.dy), ...sink.bindings],
    body: `${sink.code}
${entry}${places(input.node.shape)}
  var four: array<f32, 4>;
  for (var part = 0u; part < 4u; part++) {
    let channel = quad * 4u + part;
    if (channel < ${channels}u) {
      let feature = channel * ${height * width}u + row * ${width}u + column;
      four[part] = dy[image * ${quads(output[2])}u + feature / 4u][feature % 4u];
    }
  }
  addGradient(item, quad, vec4f(four[0], four[1], four[2], four[3]));
}`,
    groups: itemGroups(input.node.shape),
    macs: 0,
    chunk: buffers.chunk,
  };
}

interface Dropout {
  readonly rate: number;
  readonly index: number;
  readonly features: number;
}

/** WGSL `mask`: 0 or 1 / (1 - rate) for four features, the bits of `dropoutMask` in train/tapeTrainer.ts. */
const maskCode = ({ features, index, rate }: Dropout) => `${threefry}
fn kept(image: u32, feature: u32) -> f32 {
  let word = threefry2x32(now.keys[${index}].xy, vec2u(0u, (batch.first + image) * ${features}u + feature)).x;
  return select(${Math.fround(1 / (1 - rate))}, 0.0, (word >> 8u) < ${Math.ceil(rate * 2 ** 24)}u);
}
fn mask(image: u32, quad: u32) -> vec4f {
  let feature = quad * 4u;
  return vec4f(kept(image, feature), kept(image, feature + 1u), kept(image, feature + 2u), kept(image, feature + 3u));
}`;

export function dropout(
  input: Stored,
  { index, rate }: { rate: number; index: number },
  buffers: MapBuffers & { now: Resource; y: Resource },
): Operation {
  const x = activated('x', input);
  return {
    label: `dropout ${index}`,
    bindings: [uniform('Batch', buffers.batch), uniform('Now', buffers.now), ...x.bindings, writes('y', buffers.y)],
    body: `${x.code}
${maskCode({ rate, index, features: input.node.shape[2] })}
${entry}${places(input.node.shape)}
  y[item] = x(item, quad) * mask(image, quad);
}`,
    groups: itemGroups(input.node.shape),
    macs: 0,
    chunk: buffers.chunk,
  };
}

export function dropoutGradient(
  input: Stored,
  { index, rate }: { rate: number; index: number },
  buffers: MapBuffers & { now: Resource; dy: Resource },
  contribution: Contribution,
): Operation {
  const sink = gradientSink(contribution);
  return {
    label: `dropout ${index} gradient`,
    bindings: [uniform('Batch', buffers.batch), uniform('Now', buffers.now), reads('dy', buffers.dy), ...sink.bindings],
    body: `${sink.code}
${maskCode({ rate, index, features: input.node.shape[2] })}
${entry}${places(input.node.shape)}
  addGradient(item, quad, dy[item] * mask(image, quad));
}`,
    groups: itemGroups(input.node.shape),
    macs: 0,
    chunk: buffers.chunk,
  };
}
