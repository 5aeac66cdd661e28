/**
 * What the device can do at the most, measured on it: multiply-adds in registers, fused or not, and a copy through memory. A
 * contender's speed is told as a share of these rather than of a data sheet.
 */
import copySource from './copy.wgsl?raw';
import fmaSource from './fma.wgsl?raw';

export interface Probes {
  /** Floating-point operations a second, in thousand millions. */
  readonly fmaGflops: number;
  /** Bytes read and written a second, in thousand millions. */
  readonly copyGigabytes: number;
}

/** Long enough to be timed from the CPU, short enough for any watchdog. */
const leastMs = 60;
const repeats = 5;

/** @param bytes of the copy probe; more than the caches hold */
export async function measureProbes(device: GPUDevice, bytes: number): Promise<Probes> {
  // Some devices emulate the fused one, and are faster with the two apart.
  const apart = fmaSource.replaceAll(/fma\((\w), scale, shift\)/g, '$1 * scale + shift');
  const fmaGflops = Math.max(await fmaProbe(device, fmaSource), await fmaProbe(device, apart));
  return { fmaGflops, copyGigabytes: await copyProbe(device, bytes) };
}

/** On a device of its own, which leaves no trace; null where there is no adapter. */
export async function probeAdapter(gpu: GPU, software: boolean): Promise<Probes | null> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return null;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
  try {
    // A card's memory outgrows its caches later than a processor's.
    return await measureProbes(device, software ? 2 ** 26 : 2 ** 29);
  } finally {
    device.destroy();
  }
}

const flopPerRound = 64;
const fmaGroups = 4096;
const fmaThreads = 64 * fmaGroups;

async function fmaProbe(device: GPUDevice, source: string): Promise<number> {
  const result = device.createBuffer({ size: 16 * fmaThreads, usage: GPUBufferUsage.STORAGE });
  const rounds = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const run = await runner(device, 'fma probe', source, [result, rounds]);
  let count = 16;
  let ms = 0;
  const time = async (): Promise<number> => {
    device.queue.writeBuffer(rounds, 0, new Uint32Array([count]));
    return run(1, fmaGroups, 1);
  };
  for (ms = await time(); ms < leastMs && count < 2 ** 22; ms = await time()) count *= 2;
  const best = await bestOf(time);
  result.destroy();
  rounds.destroy();
  return (flopPerRound * count * fmaThreads) / best / 1e6;
}

async function copyProbe(device: GPUDevice, wanted: number): Promise<number> {
  const perGroup = 16 * 1024;
  const bytes = Math.min(wanted, device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  const width = 256;
  const groups = Math.floor(bytes / perGroup / width) * width;
  const buffer = () => device.createBuffer({ size: groups * perGroup, usage: GPUBufferUsage.STORAGE });
  const [to, source] = [buffer(), buffer()];
  const run = await runner(device, 'copy probe', copySource, [to, source]);
  let copies = 1;
  const time = (): Promise<number> => run(copies, width, groups / width);
  while ((await time()) < leastMs && copies < 4096) copies *= 2;
  const best = await bestOf(time);
  to.destroy();
  source.destroy();
  return (2 * copies * groups * perGroup) / best / 1e6;
}

async function bestOf(time: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) best = Math.min(best, await time());
  return best;
}

/** Runs a kernel `times` over and answers with the milliseconds until the device had done it. */
async function runner(device: GPUDevice, label: string, code: string, buffers: readonly GPUBuffer[]) {
  const module = device.createShaderModule({ label, code });
  const pipeline = await device.createComputePipelineAsync({ label, layout: 'auto', compute: { module, entryPoint: 'main' } });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  return async (times: number, width: number, height: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let time = 0; time < times; time++) pass.dispatchWorkgroups(width, height);
    pass.end();
    const commands = encoder.finish();
    const start = performance.now();
    device.queue.submit([commands]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
}
