/**
 * How long dispatches take on a device: by its timestamps where it has them, else by waiting for batches of them. Each is
 * repeated until a measurement is long beside what the clock can tell apart, and all take turns, so that a device that
 * heats up or clocks down does so for everybody.
 */

export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly groups: readonly [number, number, number];
}

/** Browsers round timestamps to 0.1 ms; waiting for the queue costs about as much. */
const wantedMs = { timestamps: 2, waiting: 5 } as const;
const mostRepeats = 32;

export class DispatchClock {
  readonly #device: GPUDevice;
  readonly #most: number;
  readonly #queries: GPUQuerySet | null;
  readonly #resolved: GPUBuffer | null;
  readonly #staging: GPUBuffer | null;

  /** @param most dispatches at once */
  constructor(device: GPUDevice, most: number) {
    this.#device = device;
    this.#most = most;
    const has = device.features.has('timestamp-query');
    const bytes = most * 16;
    this.#queries = has ? device.createQuerySet({ type: 'timestamp', count: most * 2 }) : null;
    this.#resolved = has
      ? device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC })
      : null;
    this.#staging = has ? device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }) : null;
  }

  /** Milliseconds of one dispatch of each: the median of that many rounds. */
  async measure(dispatches: readonly Dispatch[], rounds: number): Promise<number[]> {
    if (dispatches.length > this.#most) throw new Error(`More than ${this.#most} dispatches.`);
    // The first time pays for whatever a driver does late, and is only good for a guess.
    const once = await this.#round(dispatches.map((dispatch) => ({ dispatch, repeats: 1 })));
    const wanted = wantedMs[this.#queries === null ? 'waiting' : 'timestamps'];
    const repeated = dispatches.map((dispatch, at) => ({
      dispatch,
      repeats: Math.min(mostRepeats, Math.max(1, Math.ceil(wanted / Math.max(1e-3, once[at] as number)))),
    }));
    const times: number[][] = dispatches.map(() => []);
    for (let round = 0; round < rounds; round++) {
      const taken = await this.#round(repeated);
      taken.forEach((ms, at) => times[at]?.push(ms / (repeated[at]?.repeats ?? 1)));
    }
    return times.map((ofRounds) => ofRounds.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] as number);
  }

  destroy(): void {
    this.#queries?.destroy();
    this.#resolved?.destroy();
    this.#staging?.destroy();
  }

  /** Milliseconds of each with its repeats. */
  async #round(repeated: readonly Repeated[]): Promise<number[]> {
    const stamped = await this.#byTimestamps(repeated);
    // Some drivers hand out timestamps that stand still.
    return stamped?.every((ms) => ms > 0) === true ? stamped : this.#byWaiting(repeated);
  }

  async #byTimestamps(repeated: readonly Repeated[]): Promise<number[] | null> {
    const [querySet, resolved, staging] = [this.#queries, this.#resolved, this.#staging];
    if (querySet === null || resolved === null || staging === null) return null;
    const { queue } = this.#device;
    repeated.forEach(({ dispatch, repeats }, at) => {
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * at, endOfPassWriteIndex: 2 * at + 1 };
      queue.submit([this.#encoded(dispatch, repeats, timestampWrites)]);
    });
    const encoder = this.#device.createCommandEncoder({ label: 'timestamps' });
    encoder.resolveQuerySet(querySet, 0, repeated.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, repeated.length * 16);
    queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const stamps = new BigInt64Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return repeated.map((_, at) => Number((stamps[2 * at + 1] as bigint) - (stamps[2 * at] as bigint)) / 1e6);
  }

  async #byWaiting(repeated: readonly Repeated[]): Promise<number[]> {
    const { queue } = this.#device;
    const times: number[] = [];
    await queue.onSubmittedWorkDone();
    for (const { dispatch, repeats } of repeated) {
      const startedAt = performance.now();
      queue.submit([this.#encoded(dispatch, repeats)]);
      await queue.onSubmittedWorkDone();
      times.push(Math.max(1e-3, performance.now() - startedAt));
    }
    return times;
  }

  #encoded({ group, groups, pipeline }: Dispatch, repeats: number, timestampWrites?: GPUComputePassTimestampWrites) {
    const encoder = this.#device.createCommandEncoder({ label: 'timed' });
    const pass = encoder.beginComputePass({ label: 'timed', ...(timestampWrites === undefined ? {} : { timestampWrites }) });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let repeat = 0; repeat < repeats; repeat++) pass.dispatchWorkgroups(...groups);
    pass.end();
    return encoder.finish();
  }
}

interface Repeated {
  readonly dispatch: Dispatch;
  readonly repeats: number;
}
