/** Types of build-id.mjs, for vite's configurations. */
export function sourcesOf(room: string): string[];
export function hashOf(files: readonly string[], extra?: string): string;
export function buildId(): string;
export function buildDefine(): { __BUILD__: string };
