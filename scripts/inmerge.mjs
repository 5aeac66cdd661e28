#!/usr/bin/env node
/** The command `inmerge`. */
import { runBundle } from './bundle.mjs';

await runBundle('src/cli/main.ts', ['cli']);
