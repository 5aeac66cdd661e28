/** Types of browser.mjs, for the configurations that are TypeScript. */
export function playwrightsOwn(): string;
export function findBrowser(): string | null;
export function hasGraphicsCard(): boolean;
export const browserFlags: string[];
export function launchOptions(): { executablePath?: string; args: string[] };
export function describeBrowser(path: string): string;
