/** `npm run bench`: our training step beside others', on this machine's GPU. `npm run bench -- --help` says more. */
import { runBundle } from './bundle.mjs';

await runBundle('src/cli/bench/main.ts', ['cli', 'bench']);
