/**
 * Times kernels of any program with timestamp queries: each dispatch that is recorded while it is on goes into a pass of
 * its own, between two timestamps, and is booked under its pipeline's label.
 */
import { override } from './override.ts';

export interface KernelTime {
  readonly kernel: string;
  readonly dispatches: number;
  readonly ms: number;
}

/** A query set may hold 4096; what is dispatched beyond is run untimed. */
const mostDispatches = 2048;

interface Timed {
  readonly queries: GPUQuerySet;
  readonly read: GPUBuffer;
  readonly resolved: GPUBuffer;
  readonly kernels: string[];
}

export class KernelClock {
  readonly #runs: Timed[] = [];

  /** `encoder`, with every compute pass taken apart. */
  timed(
    device: GPUDevice,
    encoder: GPUCommandEncoder,
    createBuffer: GPUDevice['createBuffer'],
    label: (pipeline: GPUComputePipeline) => string,
  ): GPUCommandEncoder {
    const begin = encoder.beginComputePass.bind(encoder);
    const finish = encoder.finish.bind(encoder);
    let run: Timed | null = null;
    return override(encoder, {
      beginComputePass: () => {
        let pipeline: GPUComputePipeline | null = null;
        const groups = new Map<number, [GPUBindGroup | null, readonly number[]]>();
        const dispatch = (record: (pass: GPUComputePassEncoder) => void): void => {
          if (pipeline === null) return;
          run ??= this.#begin(device, createBuffer);
          const at = run.kernels.length;
          const timed = at < mostDispatches;
          if (timed) run.kernels.push(label(pipeline));
          const stamps = { querySet: run.queries, beginningOfPassWriteIndex: 2 * at, endOfPassWriteIndex: 2 * at + 1 };
          const pass = begin(timed ? { timestampWrites: stamps } : {});
          pass.setPipeline(pipeline);
          for (const [index, [group, offsets]] of groups) pass.setBindGroup(index, group, [...offsets]);
          record(pass);
          pass.end();
        };
        return {
          setPipeline: (given: GPUComputePipeline) => {
            pipeline = given;
          },
          setBindGroup: (
            index: number,
            group: GPUBindGroup | null,
            offsets?: Iterable<number>,
            from?: number,
            count?: number,
          ) => {
            const all = [...(offsets ?? [])];
            groups.set(index, [group, from === undefined ? all : all.slice(from, from + (count ?? all.length))]);
          },
          dispatchWorkgroups: (...size: [number, number?, number?]) => dispatch((pass) => pass.dispatchWorkgroups(...size)),
          dispatchWorkgroupsIndirect: (buffer: GPUBuffer, offset: number) =>
            dispatch((pass) => pass.dispatchWorkgroupsIndirect(buffer, offset)),
          end: () => {},
          pushDebugGroup: () => {},
          popDebugGroup: () => {},
          insertDebugMarker: () => {},
        };
      },
      finish: (descriptor?: GPUCommandBufferDescriptor) => {
        if (run !== null) {
          const { kernels, queries, read, resolved } = run;
          encoder.resolveQuerySet(queries, 0, 2 * kernels.length, resolved, 0);
          encoder.copyBufferToBuffer(resolved, 0, read, 0, 16 * kernels.length);
        }
        return finish(descriptor);
      },
    });
  }

  #begin(device: GPUDevice, createBuffer: GPUDevice['createBuffer']): Timed {
    const size = 16 * mostDispatches;
    const run = {
      queries: device.createQuerySet({ type: 'timestamp', count: 2 * mostDispatches }),
      resolved: createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC }),
      read: createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }),
      kernels: [],
    };
    this.#runs.push(run);
    return run;
  }

  /** Reads all, longest first, and lets go of the queries; null where nothing was timed. */
  async times(): Promise<readonly KernelTime[] | null> {
    const sums = new Map<string, { dispatches: number; ms: number }>();
    for (const { kernels, queries, read, resolved } of this.#runs.splice(0)) {
      await read.mapAsync(GPUMapMode.READ);
      const stamps = new BigUint64Array(read.getMappedRange());
      kernels.forEach((kernel, at) => {
        const sum = sums.get(kernel) ?? { dispatches: 0, ms: 0 };
        sums.set(kernel, sum);
        sum.dispatches++;
        sum.ms += Math.max(0, Number((stamps[2 * at + 1] as bigint) - (stamps[2 * at] as bigint))) / 1e6;
      });
      for (const each of [queries, read, resolved]) each.destroy();
    }
    if (sums.size === 0) return null;
    return [...sums].map(([kernel, sum]) => ({ kernel, ...sum })).toSorted((a, b) => b.ms - a.ms);
  }
}
