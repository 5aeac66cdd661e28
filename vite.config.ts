/**
 * Build, dev server and preview server: the page, the training worker, and the headers that make the page
 * cross-origin isolated (WASM threads) and keep it from talking to anyone but its own origin.
 * The content security policy is also a `<meta>` of the built page, for hosts that cannot send headers.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { buildDefine } from './scripts/build-id.mjs';

/** Cross-origin isolation lets the WASM fallback use threads; hosts without these headers run it on one. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** "Your data never leaves this machine", enforced by the browser. No inline script, no eval, no foreign origin. */
const contentSecurityPolicy = [
  `default-src 'none'`,
  // WebAssembly only: the WASM backend and the hashes. JavaScript's eval stays forbidden.
  `script-src 'self' 'wasm-unsafe-eval'`,
  // blob: is how the WASM backend starts its threads.
  `worker-src 'self' blob:`,
  `style-src 'self'`,
  // The charts place labels through style attributes; style elements stay forbidden.
  `style-src-attr 'unsafe-inline'`,
  `img-src 'self' blob: data:`,
  `font-src 'self'`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `object-src 'none'`,
].join('; ');

/** Built pages only: the dev server's hot reload needs inline scripts. */
function policyInPage(): Plugin {
  return {
    name: 'studio-policy-in-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

/**
 * tfjs starts a thread of its WASM backend as a blob worker that calls `importScripts(another blob)`, made with
 * `Function.toString()`. Minified, that text names variables it has lost; and it would need `script-src blob:`.
 * One blob that holds the thread's code and the backend's own file, unminified, heals both: same code, tighter policy.
 */
function wasmThreadsInOneBlob(): Plugin {
  const found = 'new Blob([response], { type';
  const healed = `new Blob([threadSource, response.replace('importScripts(objectUrl);', '')], { type`;
  return {
    name: 'studio-wasm-threads-in-one-blob',
    transform(code, id) {
      if (!/tfjs-backend-wasm[\\/]dist[\\/]backend_wasm\.js$/.test(id.split('?')[0] ?? '')) return null;
      if (!code.includes(found)) this.error(`tfjs-backend-wasm no longer has "${found}": look at its threads again.`);
      const imported = `import threadSource from '../wasm-out/tfjs-backend-wasm-threaded-simd.js?raw';\n`;
      return { code: imported + code.replace(found, healed), map: null };
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  define: buildDefine(),
  plugins: [react(), policyInPage(), wasmThreadsInOneBlob()],
  worker: { format: 'es', plugins: () => [wasmThreadsInOneBlob()] },
  build: { target: 'es2023', sourcemap: false },
  server: { headers: isolation },
  preview: { headers: { ...isolation, 'Content-Security-Policy': contentSecurityPolicy } },
});
