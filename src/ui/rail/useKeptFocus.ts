/**
 * Keeps the keyboard's place where a pressed button gives way to the next one: Train to Pause, Pause to Resume. Without it
 * focus falls to the page, and a screen reader begins again at its top.
 */
import { useCallback, useEffect, useRef, type RefObject } from 'react';

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
      // Still on a button here, or the user went elsewhere.
      wanted.current = root.current?.contains(focused) === true;
      return;
    }
    root.current?.querySelector<HTMLButtonElement>('button.btn:not(:disabled)')?.focus({ preventScroll: true });
  }, [at]);
  const keep = useCallback(() => {
    wanted.current = true;
  }, []);
  return [root, keep];
}
