/** Whether the window is too narrow for the rail; the same bound stands in `styles/narrow.css`. */
import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 1023px)');

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
}
