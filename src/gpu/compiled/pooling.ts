/**
 * Max-pooling and averaging over bins, with their gradients, each in one pass. Of equal maxima the first in row-major order
 * takes the gradient, as in PyTorch. Both read a node as it is to be read: normalised and rectified on the way.
 */
import { activated, gradientSink, type Contribution, type Stored } from './activation.ts';
import type { Window } from './graph.ts';
import { entry, lanes, quads, reads, spread, uniform, writes, type Operation, type Resource } from './operation.ts';
import type { Shape } from '../../model/network.ts';

export interface MapBuffers {
  readonly batch: Resource;
  readonly chunk: number;
}

/** `item` as image, row, column and four channels of a map. */
export const places = ([height, width, channels]: Shape): string => {
  const four = quads(channels);
  return `
  if (item >= batch.images * ${height * width * four}u) {
    return;
  }
  let quad = item % ${four}u;
  let column = item / ${four}u % ${width}u;
  let row = item / ${four * width}u % ${height}u;
  let image = item / ${four * width * height}u;`;
};

/** WGSL address of an element, in fours. */
export const address = ([height, width, channels]: Shape, row: string, column: string): string =>
  `((image * ${height}u + ${row}) * ${width}u + ${column}) * ${quads(channels)}u + quad`;

export const itemGroups =
  ([height, width, channels]: Shape) =>
  (images: number) =>
    spread(Math.ceil((images * height * width * quads(channels)) / lanes));

/** Largest negative float32: below everything that a map can hold. */
const lowest = '-3.4028234e38';

export function maxPool(pool: Window, input: Stored, output: Shape, buffers: MapBuffers & { y: Resource }): Operation {
  const from = input.node.shape;
  const x = activated('x', input);
  return {
    label: `max-pool ${input.node.number}`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, writes('y', buffers.y)],
    body: `${x.code}
${entry}${places(output)}
  var largest = vec4f(${lowest});
  for (var ky = 0; ky < ${pool.size}; ky++) {
    for (var kx = 0; kx < ${pool.size}; kx++) {
      let y = i32(row) * ${pool.stride} + ky - ${pool.padding};
      let z = i32(column) * ${pool.stride} + kx - ${pool.padding};
      if (y >= 0 && y < ${from[0]} && z >= 0 && z < ${from[1]}) {
        largest = max(largest, x(${address(from, 'u32(y)', 'u32(z)')}, quad));
      }
    }
  }
  y[item] = largest;
}`,
    groups: itemGroups(output),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** The average of each bin: bin i of n covers rows floor(i h / n) to ceil((i + 1) h / n), so that a small map is stretched. */
export function average(input: Stored, output: Shape, buffers: MapBuffers & { y: Resource }): Operation {
  const from = input.node.shape;
  const x = activated('x', input);
  const bin = (name: string, at: string, length: number, bins: number) => `
  let ${name}Begin = ${at} * ${length}u / ${bins}u;
  let ${name}End = ((${at} + 1u) * ${length}u + ${bins - 1}u) / ${bins}u;`;
  return {
    label: `average ${input.node.number}`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, writes('y', buffers.y)],
    body: `${x.code}
${entry}${places(output)}${bin('row', 'row', from[0], output[0])}${bin('column', 'column', from[1], output[1])}
  var sum = vec4f(0.0);
  for (var r = rowBegin; r < rowEnd; r++) {
    for (var c = columnBegin; c < columnEnd; c++) {
      sum += x(${address(from, 'r', 'c')}, quad);
    }
  }
  y[item] = sum / f32((rowEnd - rowBegin) * (columnEnd - columnBegin));
}`,
    groups: itemGroups(output),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** An element's share of every bin that it lies in. */
export function averageGradient(
  input: Stored,
  output: Shape,
  buffers: MapBuffers & { dy: Resource },
  contribution: Contribution,
): Operation {
  const from = input.node.shape;
  const sink = gradientSink(contribution);
  const range = (name: string, at: string, length: number, bins: number) => `
  let ${name}First = ${at} * ${bins}u / ${length}u;
  let ${name}Last = ((${at} + 1u) * ${bins}u + ${length - 1}u) / ${length}u;`;
  const width = (at: string, length: number, bins: number) =>
    `((${at} + 1u) * ${length}u + ${bins - 1}u) / ${bins}u - ${at} * ${length}u / ${bins}u`;
  return {
    label: `average ${input.node.number} gradient`,
    bindings: [uniform('Batch', buffers.batch), reads('dy', buffers.dy), ...sink.bindings],
    body: `${sink.code}
${entry}${places(from)}${range('row', 'row', from[0], output[0])}${range('column', 'column', from[1], output[1])}
  var sum = vec4f(0.0);
  for (var r = rowFirst; r < rowLast; r++) {
    for (var c = columnFirst; c < columnLast; c++) {
      let area = (${width('r', from[0], output[0])}) * (${width('c', from[1], output[1])});
      sum += dy[${address(output, 'r', 'c')}] / f32(area);
    }
  }
  addGradient(item, quad, sum);
}`,
    groups: itemGroups(from),
    macs: 0,
    chunk: buffers.chunk,
  };
}

export function maxPoolGradient(
  pool: Window,
  input: Stored,
  output: Shape,
  buffers: MapBuffers & { dy: Resource },
  contribution: Contribution,
): Operation {
  const x = activated('x', input);
  const sink = gradientSink(contribution);
  const apart = pool.size === pool.stride && pool.padding === 0;
  const { items, main } = (apart ? apartGradient : overlappingGradient)(pool, input.node.shape, output);
  return {
    label: `max-pool ${input.node.number} gradient`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, reads('dy', buffers.dy), ...sink.bindings],
    body: `${x.code}
${sink.code}
${entry}${places(items)}
${main}
}`,
    groups: itemGroups(items),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** What one invocation each is for, and its code. */
interface PoolGradient {
  readonly items: Shape;
  readonly main: string;
}

/** Of windows side by side: one invocation each, and one for what is left over beyond them, which takes no gradient. */
function apartGradient({ size }: Window, from: Shape, output: Shape): PoolGradient {
  const [height, width, channels] = from;
  const windows: Shape = [Math.ceil(height / size), Math.ceil(width / size), channels];
  const elements = Array.from({ length: size * size }, (_, at) => at);
  const isFirst = (at: number) =>
    elements
      .filter((other) => other !== at)
      .map((other) => (other < at ? `!(x${other} >= x${at})` : `!(x${other} > x${at})`))
      .join(' & ') || 'vec4<bool>(true)';
  const gradient = `dy[${address(output, 'row', 'column')}]`;
  const whole = windows[0] === output[0] && windows[1] === output[1];
  const main = `  let gradient = ${whole ? gradient : `select(vec4f(0.0), ${gradient}, (row < ${output[0]}u) & (column < ${output[1]}u))`};
  ${elements
    .map((at) => {
      const place = (axis: string, offset: number) => `${axis} * ${size}u + ${offset}u`;
      const [y, z] = [place('row', Math.floor(at / size)), place('column', at % size)];
      return `let inside${at} = (${y} < ${height}u) & (${z} < ${width}u);
  let at${at} = ${address(from, `(${y})`, `(${z})`)};
  let x${at} = x(at${at}, quad);`;
    })
    .join('\n  ')}
  ${elements
    .map((at) => `if (inside${at}) { addGradient(at${at}, quad, select(vec4f(0.0), gradient, ${isFirst(at)})); }`)
    .join('\n  ')}`;
  return { items: windows, main };
}

/** Of windows that overlap: one invocation an element of x, which collects dy of every window in which it is the first. */
function overlappingGradient({ padding, size, stride }: Window, from: Shape, output: Shape): PoolGradient {
  const inside = `y >= 0 && y < ${from[0]} && z >= 0 && z < ${from[1]}`;
  const main = `  let value = x(item, quad);
  let firstRow = max((i32(row) + ${padding} - ${size} + ${stride}) / ${stride}, 0);
  let firstColumn = max((i32(column) + ${padding} - ${size} + ${stride}) / ${stride}, 0);
  let lastRow = min((i32(row) + ${padding}) / ${stride}, ${output[0] - 1});
  let lastColumn = min((i32(column) + ${padding}) / ${stride}, ${output[1] - 1});
  var sum = vec4f(0.0);
  for (var r = firstRow; r <= lastRow; r++) {
    for (var c = firstColumn; c <= lastColumn; c++) {
      var first = vec4<bool>(true);
      for (var ky = 0; ky < ${size}; ky++) {
        for (var kx = 0; kx < ${size}; kx++) {
          let y = r * ${stride} + ky - ${padding};
          let z = c * ${stride} + kx - ${padding};
          if (${inside}) {
            let other = x(${address(from, 'u32(y)', 'u32(z)')}, quad);
            let before = y < i32(row) || (y == i32(row) && z < i32(column));
            first = first & !(other > value) & !(vec4<bool>(before) & (other == value));
          }
        }
      }
      sum += select(vec4f(0.0), dy[${address(output, 'u32(r)', 'u32(c)')}], first);
    }
  }
  addGradient(item, quad, sum);`;
  return { items: from, main };
}
