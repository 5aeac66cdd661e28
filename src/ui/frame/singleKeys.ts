/** Whether single keys act; some users of dictation and of screen readers need them off. Remembered. */
import { useSyncExternalStore } from 'react';

const key = 'inmerge-keys';
const listeners = new Set<() => void>();
let on = readChoice();

function readChoice(): boolean {
  try {
    return localStorage.getItem(key) !== 'off';
  } catch {
    return true; // storage is off
  }
}

export const singleKeysOn = (): boolean => on;

export function setSingleKeys(next: boolean): void {
  on = next;
  try {
    localStorage.setItem(key, next ? 'on' : 'off');
  } catch {
    // storage is off; the choice holds for this page
  }
  for (const listener of listeners) listener();
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, singleKeysOn);
}
