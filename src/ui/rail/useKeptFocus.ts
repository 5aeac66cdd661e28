/**
 * Keeps the keyboard's place where a pressed button gives way to the next one: Train to Pause, Pause to Resume. Without it
 * focus falls to the page, and a screen reader begins again at its top.
 */
import { useEffect, useRef, type RefObject } from 'react';

/**
 * @param at changes where other buttons may stand
 * @returns the element that holds the buttons, and what to call when one is pressed
 */
export function useKeptFocus<T extends HTMLElement>(at: string): [RefObject<T | null>, () => void] {
  const root = useRef<T>(null);
  const wanted = useRef(false);
  useEffect(() => {
    if (!wanted.current) return;
    const focused = document.activeElement;
    if (focused !== null && focused !== document.body) {
      // Still on the pressed button, or the user went elsewhere.
      if (root.current?.contains(focused) !== true) wanted.current = false;
      return;
    }
    const next = root.current?.querySelector<HTMLButtonElement>('button.btn:not(:disabled)') ?? null;
    if (next === null) return;
    next.focus({ preventScroll: true });
    wanted.current = false;
  }, [at]);
  return [root, () => (wanted.current = true)];
}
