/** The tape trainer against PyTorch, on tfjs's own reference backend and on WebAssembly. */
import { describeGoldenSteps } from './testing/goldenSteps.ts';

describeGoldenSteps('cpu');
describeGoldenSteps('wasm');
