/** Grad-CAM against PyTorch on WebAssembly, and against finite differences on tfjs's own reference backend. */
import { describeFiniteDifferences, describePyTorchsGradCam } from './testing/gradCamCases.ts';

describeFiniteDifferences('cpu');
describePyTorchsGradCam('wasm');
