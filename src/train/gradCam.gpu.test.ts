/** Grad-CAM against PyTorch on WebGPU. */
import { describePyTorchsGradCam } from './testing/gradCamCases.ts';

describePyTorchsGradCam('webgpu');
