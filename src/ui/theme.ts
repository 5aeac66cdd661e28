/** Light or dark: the system's choice until the user makes their own, which is remembered. */
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const key = 'inmerge-theme';
const listeners = new Set<() => void>();
const system = window.matchMedia('(prefers-color-scheme: dark)');

const current = (): Theme => (document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light');

function show(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is off; the system's choice holds
  }
}

system.addEventListener('change', () => {
  if (remembered() === null) show(system.matches ? 'dark' : 'light');
});

export function toggleTheme(): void {
  const next = current() === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(key, next);
  } catch {
    // storage is off; the choice holds for this page
  }
  show(next);
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    current,
    current,
  );
}
