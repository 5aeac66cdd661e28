/** Max-pool gradients over WebGPU. */
import { describeMaxPool } from './testing/maxPoolCases.ts';

describeMaxPool('webgpu');
