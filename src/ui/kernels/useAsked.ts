/** The answer to a question that takes its time. The last answer stays until the next one is there. */
import { useEffect, useRef, useState } from 'react';
import { useStudio } from '../studioContext.ts';

export interface Asked<T> {
  readonly value: T | null;
  /** Whether `value` answers the question asked now. */
  readonly fresh: boolean;
  readonly pending: boolean;
}

/** @param question names it, on the base that is shown; null asks nothing. `ask` is called once a question. */
export function useAsked<T>(question: string | null, ask: () => Promise<T | null>): Asked<T> {
  const base = useStudio((state) => state.record?.base ?? null);
  const key = question === null || base === null ? question : `${base} ${question}`;
  const [answer, setAnswer] = useState<{ base: string | null; key: string | null; value: T | null }>({
    base,
    key: null,
    value: null,
  });
  const asking = useRef(ask);
  useEffect(() => {
    asking.current = ask;
  });
  useEffect(() => {
    if (key === null) return undefined;
    let wanted = true;
    const take = (value: T | null) => {
      if (wanted) setAnswer({ base, key, value });
    };
    asking.current().then(take, () => take(null));
    return () => {
      wanted = false;
    };
  }, [base, key]);
  // A map of another network is none of this one.
  const value = answer.base === base ? answer.value : null;
  return { value, fresh: answer.key === key, pending: key !== null && answer.key !== key };
}
