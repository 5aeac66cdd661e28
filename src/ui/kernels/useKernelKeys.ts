/** Single keys of the Kernels screen: layers, epochs, pairs, τ. */
import { useEffect } from 'react';
import type { LookedAt } from '../../store/lookedAt.ts';
import type { Pair } from '../../store/similarity.ts';
import { typesInto } from '../frame/useKeys.ts';
import { singleKeysOn } from '../frame/singleKeys.ts';
import { useActions, useGetState } from '../studioContext.ts';

interface KernelKeys {
  readonly pairs: readonly Pair[];
  readonly layer: number | null;
  readonly layers: number;
  readonly tau: number;
  readonly setTau: (tau: number | null) => void;
  readonly looked: LookedAt | null;
}

export function useKernelKeys({ pairs, layer, layers, tau, setTau, looked }: KernelKeys): void {
  const { select } = useActions();
  const getState = useGetState();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!singleKeysOn() || event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target) || layer === null) return;
      const { kernels } = getState().selection;
      const at = pairs.findIndex((pair) => pair.i === kernels[0] && pair.j === kernels[1] && kernels.length === 2);
      const pick = (index: number) => {
        const pair = pairs[Math.max(0, Math.min(pairs.length - 1, index))];
        if (pair !== undefined) select({ kernels: [pair.i, pair.j] });
      };
      const goToLayer = (to: number) => {
        if (to >= 0 && to < layers) select({ layer: to });
      };
      const goByEpochs = (by: number) => {
        if (looked === null) return;
        const { epoch, epochs } = looked;
        const next = Math.max(0, Math.min(epochs.length - 1, epochs.indexOf(epoch) + by));
        select({ epoch: next === epochs.length - 1 ? null : (epochs[next] ?? null) });
      };
      const nudge = (by: number) => setTau(Math.round(Math.max(-1, Math.min(1, tau + by)) * 100) / 100);
      const onTab = event.target instanceof HTMLElement && event.target.closest('[role=tab]') !== null;
      switch (event.key) {
        case 'ArrowUp':
          goToLayer(layer - 1);
          break;
        case 'ArrowDown':
          goToLayer(layer + 1);
          break;
        case 'ArrowLeft':
        case 'ArrowRight':
          if (onTab) return;
          goByEpochs((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1));
          break;
        case 'j':
        case 'J':
          pick(at + 1);
          break;
        case 'k':
        case 'K':
          pick(at - 1);
          break;
        case '[':
          nudge(-0.01);
          break;
        case ']':
          nudge(0.01);
          break;
        case 'Escape':
          setTau(null);
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [pairs, layer, layers, tau, setTau, looked, select, getState]);
}
