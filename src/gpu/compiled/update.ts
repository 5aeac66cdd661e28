/**
 * Sums a layer's partial gradients in order and applies them by PyTorch's SGD, in place and in the same pass:
 * v <- momentum v + (gradient + decay w); w <- w - rate v. Gradients themselves are never stored.
 */
import type { ConvShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import { entry, floats, lanes, reads, spread, uniform, vec4s, writes, type Operation, type Resource } from './operation.ts';

/** WGSL: the rule for one value or four. */
export const sgd = (type: string) => `
fn moved(weight: ${type}, velocity: ${type}, gradient: ${type}) -> ${type} {
  return now.momentum * velocity + (gradient + now.decay * weight);
}`;

/** A trained array and its momentum. */
export interface Trained {
  readonly values: Resource;
  readonly velocity: Resource;
}

export function convUpdate(
  shape: ConvShape,
  buffers: { now: Resource; partials: Resource; weights: Trained; bias: Trained | null },
  slices: number,
  gradientScale = 1,
): Operation {
  const { outChannels, outQuads, rows } = shape;
  const all = gradientRows(shape);
  const four = outChannels % 4 === 0;
  // Four columns an item where the weights' rows are whole fours, else one.
  const columns = four ? outQuads : outChannels;
  const partial = four ? `at` : `(row * ${outQuads * 4}u + column)`;
  const step = four ? all * outQuads : all * outQuads * 4;
  const type = four ? 'vec4f' : 'f32';
  const array = four ? vec4s : floats;
  const apply = (name: string, index: string) => `
    let v = moved(${name}[${index}], ${name}Velocity[${index}], gradient);
    ${name}Velocity[${index}] = v;
    ${name}[${index}] -= now.rate * v;`;
  const body = `${sgd(type)}
${entry}
  if (item >= ${all * columns}u) {
    return;
  }
  let row = item / ${columns}u;
  let column = item % ${columns}u;
  let at = item;
  var gradient = ${type}(0.0);
  for (var slice = 0u; slice < arrayLength(&partials) / ${step}u; slice++) {
    gradient += partials[slice * ${step}u + ${partial}];
  }
${
  gradientScale === 1
    ? ''
    : `  gradient *= ${1 / gradientScale};
`
}  if (row < ${rows}u) {${apply('weights', 'at')}
  }${
    buffers.bias === null
      ? ''
      : ` else {${apply('bias', 'column')}
  }`
  }
}`;
  const trained = (name: string, { values, velocity }: Trained) => [
    writes(name, values, array),
    writes(`${name}Velocity`, velocity, array),
  ];
  return {
    label: `${shape.name} update`,
    bindings: [
      uniform('Now', buffers.now),
      reads('partials', buffers.partials, array, slices * all * outQuads * 16),
      ...trained('weights', buffers.weights),
      ...(buffers.bias === null ? [] : trained('bias', buffers.bias)),
    ],
    body,
    groups: () => spread(Math.ceil((all * columns) / lanes)),
    macs: 0,
    chunk: 0,
  };
}
