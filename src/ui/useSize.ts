/** An element's inner size in CSS pixels, from one observer for the whole page: measured when it changes, never asked for. */
import { useCallback, useState } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const watchers = new Map<Element, (size: Size) => void>();
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries)
    watchers.get(target)?.({ width: Math.floor(contentRect.width), height: Math.floor(contentRect.height) });
});

/** The size, null until it is known, and the ref to put on the element. */
export function useSize(): [Size | null, (element: Element | null) => (() => void) | undefined] {
  const [size, setSize] = useState<Size | null>(null);
  const ref = useCallback((element: Element | null) => {
    if (element === null) return undefined;
    watchers.set(element, (next) => setSize((old) => (old?.width === next.width && old.height === next.height ? old : next)));
    observer.observe(element);
    return () => {
      watchers.delete(element);
      observer.unobserve(element);
    };
  }, []);
  return [size, ref];
}
