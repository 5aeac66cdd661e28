/** Max-pool gradients on the backends of the processor. */
import { describeMaxPool } from './testing/maxPoolCases.ts';

describeMaxPool('cpu');
describeMaxPool('wasm');
