/**
 * The command line's bundle: the engine and `src/cli` as one ES module for Node, run by `scripts/inmerge.mjs`. tfjs has to be
 * bundled, since its deep imports have no file extensions, which Node's own loader refuses; Dawn (`webgpu`) is a native
 * module and is loaded from node_modules.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { buildDefine } from './scripts/build-id.mjs';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  define: buildDefine(),
  resolve: { conditions: ['module', 'import', 'default'], mainFields: ['module', 'main'] },
  ssr: { target: 'node', noExternal: true, external: ['webgpu'], resolve: { conditions: ['module', 'import', 'default'] } },
  build: {
    ssr: 'src/cli/main.ts',
    outDir: 'dist-cli',
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'main.mjs',
        chunkFileNames: '[name].mjs',
        // Emscripten's loader in tfjs-backend-wasm is CommonJS and looks for both.
        banner: [
          `import { createRequire as __createRequire } from 'node:module';`,
          `const require = __createRequire(import.meta.url);`,
          `const __dirname = import.meta.dirname, __filename = import.meta.filename;`,
        ].join('\n'),
      },
    },
  },
});
