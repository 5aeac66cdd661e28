/** The tape trainer against PyTorch, over WebGPU. */
import { describeGoldenSteps } from './testing/goldenSteps.ts';

describeGoldenSteps('webgpu');
