/** The tree of the clusters beside the map, its leaves at the map's rows. A click on a branch selects its kernels. */
import { useLayoutEffect, useMemo, useRef, type PointerEvent } from 'react';
import type { Dendrogram } from '../../merge/ordering.ts';
import { useTheme } from '../theme.ts';
import type { MapView } from './mapView.ts';

interface DendrogramStripProps {
  readonly dendrogram: Dendrogram;
  readonly order: Uint16Array;
  readonly view: MapView;
  readonly side: number;
  readonly onSelect: (kernels: readonly number[]) => void;
}

export const stripWidth = 56;

interface Branch {
  /** Positions of its first and last kernel. */
  readonly from: number;
  readonly to: number;
  /** Middle of its line. */
  readonly at: number;
  /** 0 for a kernel, 1 for the root. */
  readonly height: number;
  readonly children: readonly [number, number] | null;
}

export function DendrogramStrip({ dendrogram, order, view, side, onSelect }: DendrogramStripProps) {
  const target = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const n = order.length;
  const branches = useMemo(() => branchesOf(dendrogram, order), [dendrogram, order]);
  const cell = (side * view.zoom) / n;
  const y = (position: number) => (position + 0.5 - view.y) * cell;
  const x = (height: number) => (stripWidth - 4) * (1 - height) + 2;

  useLayoutEffect(() => {
    const canvas = target.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || side <= 0) return;
    canvas.width = Math.round(stripWidth * devicePixelRatio);
    canvas.height = Math.round(side * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = cell < 2 ? 0.5 : 1;
    context.beginPath();
    for (const branch of branches) {
      if (branch.children === null) continue;
      const [a, b] = branch.children.map((child) => branches[child]) as [Branch, Branch];
      if (y(branch.to) < 0 || y(branch.from) > side) continue;
      context.moveTo(x(a.height), y(a.at));
      context.lineTo(x(branch.height), y(a.at));
      context.lineTo(x(branch.height), y(b.at));
      context.lineTo(x(b.height), y(b.at));
    }
    context.stroke();
  });

  const pick = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const position = Math.floor((event.clientY - box.top) / cell + view.y);
    const height = 1 - (event.clientX - box.left - 2) / (stripWidth - 4);
    // The smallest branch over that row that reaches so far from the map.
    const found = branches.find(
      ({ from, to, height: own, children }) => children !== null && from <= position && position <= to && own >= height,
    );
    if (found !== undefined) onSelect(Array.from(order.subarray(found.from, found.to + 1)));
  };

  return (
    <canvas
      ref={target}
      className="strip"
      data-theme-drawn={theme}
      data-testid="dendrogram"
      style={{ width: stripWidth, height: side }}
      onPointerDown={pick}
      role="img"
      aria-label="Tree of the clusters; with the keyboard, mark a range of rows in the map with Shift and the arrows"
      title="Click a branch to select its kernels"
    />
  );
}

/** By height, the lowest first, so that the first that fits is the smallest. */
function branchesOf({ left, right, height }: Dendrogram, order: Uint16Array): Branch[] {
  const n = order.length;
  const highest = Math.max(1e-9, height.at(-1) ?? 1);
  const branches: Branch[] = Array.from({ length: n }, () => ({ from: 0, to: 0, at: 0, height: 0, children: null }));
  order.forEach((kernel, position) => {
    branches[kernel] = { from: position, to: position, at: position, height: 0, children: null };
  });
  left.forEach((l, k) => {
    const r = right[k] ?? 0;
    const [a, b] = [branches[l], branches[r]];
    if (a === undefined || b === undefined) return;
    const children = a.from < b.from ? ([l, r] as const) : ([r, l] as const);
    branches.push({
      from: Math.min(a.from, b.from),
      to: Math.max(a.to, b.to),
      at: (a.at + b.at) / 2,
      height: (height[k] ?? 0) / highest,
      children,
    });
  });
  return branches;
}
