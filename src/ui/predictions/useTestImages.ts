/** Pixels of test images, a page at a time from the worker, kept for as long as the experiment is shown. */
import { useEffect, useMemo, useState } from 'react';
import type { StudioErrorData } from '../../base/errors.ts';
import type { TestSplit } from '../../report/classMetrics.ts';
import type { ImagePixels } from '../../worker/lookProtocol.ts';
import { useLook, useStudio } from '../studioContext.ts';

export interface TestImages {
  /** By position in the test split; those asked for come in one after another. */
  readonly pixels: ReadonlyMap<number, ImagePixels>;
  readonly refusal: StudioErrorData | null;
}

/** Kept with the split they are of; large images of a long visit are let go, the oldest first. */
const kept = new WeakMap<TestSplit, Map<number, ImagePixels>>();
const mostKept = 2048;

export function useTestImages(split: TestSplit, positions: Uint32Array): TestImages {
  const look = useLook();
  // Another dataset on the page may be the one that was missing.
  const sha256 = useStudio((state) => state.dataset?.sha256);
  const [arrived, setArrived] = useState<TestImages & { readonly of: Uint32Array | null }>({ of: null, ...nothing });
  useEffect(() => {
    let left = false;
    const cache = cacheOf(split);
    const missing = positions.filter((at) => !cache.has(at));
    if (missing.length === 0) return undefined;
    void look.ask({ what: 'test-images', images: missing.map((at) => split.images[at] as number) }).then((looked) => {
      if (left) return;
      if ('refusal' in looked) {
        setArrived({ of: positions, pixels: pageOf(cache, positions), refusal: looked.refusal });
        return;
      }
      const { height, width, channels, pixels } = looked.answer;
      const length = height * width * channels;
      missing.forEach((at, k) => {
        cache.set(at, { height, width, channels, pixels: pixels.slice(k * length, (k + 1) * length) });
      });
      setArrived({ of: positions, pixels: pageOf(cache, positions), refusal: null });
      for (const at of cache.keys()) {
        if (cache.size <= mostKept) break;
        cache.delete(at);
      }
    });
    return () => {
      left = true;
    };
  }, [look, split, positions, sha256]);
  const before = useMemo(() => ({ pixels: pageOf(cacheOf(split), positions), refusal: null }), [split, positions]);
  return arrived.of === positions ? arrived : before;
}

const nothing: TestImages = { pixels: new Map(), refusal: null };

function cacheOf(split: TestSplit): Map<number, ImagePixels> {
  const cache = kept.get(split) ?? new Map<number, ImagePixels>();
  kept.set(split, cache);
  return cache;
}

function pageOf(cache: ReadonlyMap<number, ImagePixels>, positions: Uint32Array): Map<number, ImagePixels> {
  const page = new Map<number, ImagePixels>();
  for (const at of positions) {
    const pixels = cache.get(at);
    if (pixels !== undefined) page.set(at, pixels);
  }
  return page;
}
