/**
 * In-model merging of a network's layers on WebGPU, in place, with a log that needs no readback in the loop: each recorded
 * merge fills one slot of a ring, `takeLog` copies the filled slots away and reads them while recording goes on.
 * The same draws, pairs and merges as `mergeOnCpu`; two runs on one device are equal bit for bit.
 */
import { StudioError } from '../base/errors.ts';
import { MergeKernels, type MergeBuffers } from './merge.ts';
import { MergeTally, type MergeLog } from './mergeLog.ts';
import { layerTable, planMerge, type MergePlan } from './mergePlan.ts';
import { checkMerge, type MergeLayer, type MergeSettings } from './mergeSettings.ts';
import { slotWithPartners, stepUniform, triedPairs, type SlotUse } from './mergeSlot.ts';

/** Bytes between two `Step` uniforms: the default alignment of dynamic offsets. */
const stepStride = 256;
const defaultLogSteps = 64;

export class GpuMerger {
  readonly logSteps: number;
  readonly #device: GPUDevice;
  readonly #settings: MergeSettings;
  readonly #plan: MergePlan;
  readonly #buffers: MergeBuffers;
  readonly #kernels: MergeKernels;
  /** Merges recorded and not taken, oldest first. Merge number k, counted from 0, lies in slot k mod logSteps. */
  #pending: SlotUse[] = [];
  #recorded = 0;
  #uploads: GPUBuffer[] = [];

  private constructor(
    device: GPUDevice,
    plan: MergePlan,
    settings: MergeSettings,
    logSteps: number,
    buffers: MergeBuffers,
    kernels: MergeKernels,
  ) {
    this.#device = device;
    this.#plan = plan;
    this.#settings = settings;
    this.logSteps = logSteps;
    this.#buffers = buffers;
    this.#kernels = kernels;
  }

  /**
   * @param options.logSteps merges the log holds before `takeLog` must be called
   * @throws StudioError `merge-settings-invalid`
   */
  static async create(
    device: GPUDevice,
    layers: readonly MergeLayer[],
    settings: MergeSettings,
    options: { logSteps?: number } = {},
  ): Promise<GpuMerger> {
    checkMerge(layers, settings);
    const plan = planMerge(layers);
    const logSteps = options.logSteps ?? defaultLogSteps;
    const table = layerTable(plan, settings.tau);
    const buffer = (label: string, size: number, usage: number) =>
      device.createBuffer({ label, size: Math.max(size, stepStride), usage: usage | GPUBufferUsage.COPY_DST });
    const buffers = {
      steps: buffer('merge steps', logSteps * stepStride, GPUBufferUsage.UNIFORM),
      layers: buffer('merge layers', table.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM),
      slots: buffer('merge log', logSteps * plan.slotWords * 4, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC),
      partials: buffer('merge partial sums', plan.partials * 8, GPUBufferUsage.STORAGE),
    };
    device.queue.writeBuffer(buffers.layers, 0, table);
    return new GpuMerger(device, plan, settings, logSteps, buffers, await MergeKernels.create(device, plan, buffers));
  }

  /** Merges recorded and not yet taken from the log. */
  get pending(): number {
    return this.#pending.length;
  }

  /**
   * Records one merge of all layers.
   * @param step optimiser step, counted from the start of fine-tuning
   * @param purpose `purposes.merge` or `purposes.validationMerge`
   * @param weights the HWIO buffer of each layer (STORAGE, from offset 0), in the order of the layers
   * @throws StudioError `merge-log-full`
   */
  record(encoder: GPUCommandEncoder, step: number, seed: number, purpose: number, weights: readonly GPUBuffer[]): void {
    const { use, slot } = this.#claim(step, weights);
    this.#device.queue.writeBuffer(this.#buffers.steps, slot * stepStride, this.#uniform(use, slot, seed, purpose));
    this.#kernels.record(encoder, slot * stepStride, weights, true);
  }

  /** As `record`, with the partners given instead of drawn (`notTried` where none); for tests and replays. */
  recordPairs(encoder: GPUCommandEncoder, step: number, partners: readonly Uint32Array[], weights: readonly GPUBuffer[]): void {
    const filled = slotWithPartners(this.#plan, { step, stamp: this.#nextStamp() }, partners);
    const { use, slot } = this.#claim(step, weights);
    this.#device.queue.writeBuffer(this.#buffers.steps, slot * stepStride, this.#uniform(use, slot, 0, 0));
    const upload = this.#device.createBuffer({ size: filled.byteLength, usage: GPUBufferUsage.COPY_SRC, mappedAtCreation: true });
    new Uint32Array(upload.getMappedRange()).set(filled);
    upload.unmap();
    this.#uploads.push(upload);
    encoder.copyBufferToBuffer(upload, 0, this.#buffers.slots, slot * filled.byteLength, filled.byteLength);
    this.#kernels.record(encoder, slot * stepStride, weights, false);
  }

  /**
   * What the pending merges did. Their commands must have been submitted. The slots are free for recording as soon as this
   * returns its promise; calls may overlap.
   * @throws StudioError `merge-log-unfinished` where a pending merge was not submitted
   */
  async takeLog(): Promise<MergeLog> {
    const tally = new MergeTally(this.#plan.layers.map(({ layer }) => layer));
    const uses = this.#pending;
    const slotBytes = this.#plan.slotWords * 4;
    if (uses.length === 0 || slotBytes === 0) {
      this.#pending = [];
      return tally.log();
    }
    const first = (this.#recorded - uses.length) % this.logSteps;
    const beforeWrap = Math.min(uses.length, this.logSteps - first);
    const staging = this.#device.createBuffer({
      label: 'merge log, read',
      size: uses.length * slotBytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.#device.createCommandEncoder({ label: 'merge log' });
    encoder.copyBufferToBuffer(this.#buffers.slots, first * slotBytes, staging, 0, beforeWrap * slotBytes);
    if (beforeWrap < uses.length) {
      encoder.copyBufferToBuffer(this.#buffers.slots, 0, staging, beforeWrap * slotBytes, (uses.length - beforeWrap) * slotBytes);
    }
    this.#device.queue.submit([encoder.finish()]);
    this.#pending = [];
    const uploads = this.#uploads;
    this.#uploads = [];
    try {
      await staging.mapAsync(GPUMapMode.READ);
      this.#addSlots(tally, new Uint32Array(staging.getMappedRange()), uses);
    } finally {
      for (const buffer of [staging, ...uploads]) buffer.destroy();
    }
    return tally.log();
  }

  /** Frees the merger's own buffers; the weights stay. */
  destroy(): void {
    for (const buffer of [...Object.values(this.#buffers), ...this.#uploads]) buffer.destroy();
    this.#pending = [];
    this.#uploads = [];
  }

  #addSlots(tally: MergeTally, words: Uint32Array, uses: readonly SlotUse[]): void {
    const layers = this.#plan.layers.toSorted((a, b) => a.layer - b.layer);
    uses.forEach((use, at) => {
      const slot = words.subarray(at * this.#plan.slotWords, (at + 1) * this.#plan.slotWords);
      for (const layer of layers) {
        for (const pair of triedPairs(slot, layer, use)) tally.addPair(use.step, layer.layer, pair);
      }
    });
  }

  #uniform(use: SlotUse, slot: number, seed: number, purpose: number): ArrayBuffer {
    return stepUniform(this.#settings, use, seed, purpose, slot * this.#plan.slotWords);
  }

  /** Merges count from 1 so that a stamp is never the zero of a fresh buffer. */
  #nextStamp(): number {
    return (this.#recorded % 0xffffffff) + 1;
  }

  #claim(step: number, weights: readonly GPUBuffer[]): { use: SlotUse; slot: number } {
    if (this.#pending.length >= this.logSteps) {
      throw new StudioError({
        code: 'merge-log-full',
        message: `The merge log holds ${this.logSteps} steps and none was taken; step ${step} has no room.`,
      });
    }
    if (weights.length !== this.#plan.layers.length) {
      throw new StudioError({
        code: 'merge-weights-mismatch',
        message: `Merging was given weights of ${weights.length} layers; ${this.#plan.layers.length} were expected.`,
      });
    }
    const use = { step, stamp: this.#nextStamp() };
    const slot = this.#recorded % this.logSteps;
    this.#pending.push(use);
    this.#recorded++;
    return { use, slot };
  }
}
