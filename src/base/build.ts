/** The build's name, baked in by vite: the package's version and a hash of the engine's sources (`scripts/build-id.mjs`). */
declare const __BUILD__: string;

export const build: string = typeof __BUILD__ === 'string' ? __BUILD__ : 'unbuilt';
