/** Builds the pipeline of draws.wgsl: the partners of all layers for one step, written into the step's slot of the log. */
import drawsSource from './draws.wgsl?raw';
import slotSource from './slot.wgsl?raw';
import threefrySource from '../base/threefry.wgsl?raw';

/** Kernels of one workgroup, as in draws.wgsl. */
export const drawsWorkgroup = 64;

export function createDrawsPipeline(device: GPUDevice, layout: GPUPipelineLayout): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label: 'merge draws', code: slotSource + threefrySource + drawsSource });
  return device.createComputePipelineAsync({ label: 'merge draws', layout, compute: { module, entryPoint: 'draw' } });
}
