/**
 * A device with less memory than it has: once its buffers take more than a limit, what is asked for is refused as a real
 * device refuses it, an invalid buffer and an out-of-memory error for the innermost scope that waits for one.
 */
import { vi } from 'vitest';

export interface LimitedMemory {
  /** Bytes of the buffers that are there, at most, when a wanted one was asked for. */
  readonly peak: () => number;
  readonly refused: () => number;
  restore(): void;
}

/** @param limit bytes; buffers of a `wanted` label are refused beyond it */
export function limitMemory(device: GPUDevice, limit: number, wanted: (label: string) => boolean): LimitedMemory {
  const scopes: { filter: GPUErrorFilter; exceeded: boolean }[] = [];
  const create = device.createBuffer.bind(device);
  const push = device.pushErrorScope.bind(device);
  const pop = device.popErrorScope.bind(device);
  let [live, peak, refused] = [0, 0, 0];
  const made = vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
    const counts = wanted(descriptor.label ?? '');
    if (counts) peak = Math.max(peak, live + descriptor.size);
    if (counts && live + descriptor.size > limit) {
      refused++;
      const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
      if (scope === undefined) throw new Error('Nobody waits for an out-of-memory error.');
      scope.exceeded = true;
      // No such usages together: this buffer is invalid, which is nobody's mistake here.
      push('validation');
      const none = create({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE | GPUBufferUsage.STORAGE });
      void pop();
      return none;
    }
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    live += descriptor.size;
    let there = true;
    buffer.destroy = () => {
      if (there) live -= descriptor.size;
      there = false;
      destroy();
    };
    return buffer;
  });
  const pushed = vi.spyOn(device, 'pushErrorScope').mockImplementation((filter) => {
    scopes.push({ filter, exceeded: false });
    push(filter);
  });
  const popped = vi.spyOn(device, 'popErrorScope').mockImplementation(async () => {
    const exceeded = scopes.pop()?.exceeded === true;
    const error = await pop();
    return exceeded ? ({ message: 'forced' } as GPUError) : error;
  });
  const restore = () => [made, pushed, popped].forEach((spy) => spy.mockRestore());
  return { peak: () => peak, refused: () => refused, restore };
}
