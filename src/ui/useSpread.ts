/** Lets neighbours that change together be drawn one after another, so that the page stays free between them. */
import { useEffect, useState } from 'react';

const slotMs = 25;

/** `value` as it was until its turn comes, `slot` short pauses after it changed. */
export function useSpread<T>(value: T, slot: number): T {
  const [shown, setShown] = useState<T>(() => value);
  useEffect(() => {
    if (Object.is(shown, value)) return;
    const timer = setTimeout(() => setShown(() => value), slot * slotMs);
    return () => clearTimeout(timer);
  }, [value, shown, slot]);
  return shown;
}
