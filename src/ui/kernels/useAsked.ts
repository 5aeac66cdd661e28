/** The answer to a question that takes its time. The last answer stays until the next one is there. */
import { useEffect, useRef, useState } from 'react';

export interface Asked<T> {
  readonly value: T | null;
  /** The question that `value` answers. */
  readonly key: string | null;
  readonly pending: boolean;
}

/** @param key names the question; null asks nothing. `ask` is called once a key. */
export function useAsked<T>(key: string | null, ask: () => Promise<T | null>): Asked<T> {
  const [answer, setAnswer] = useState<{ key: string | null; value: T | null }>({ key: null, value: null });
  const asking = useRef(ask);
  useEffect(() => {
    asking.current = ask;
  });
  useEffect(() => {
    if (key === null) return undefined;
    let wanted = true;
    const take = (value: T | null) => {
      if (wanted) setAnswer({ key, value });
    };
    asking.current().then(take, () => take(null));
    return () => {
      wanted = false;
    };
  }, [key]);
  return { ...answer, pending: key !== null && answer.key !== key };
}
