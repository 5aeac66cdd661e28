/** All kernels of a layer as pictures on one canvas, in the order of the map; a press chooses one, with Shift a second. */
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import { numbersAt } from '../../store/layerSeries.ts';
import { epochOfHalf, type LookedAt } from '../../store/lookedAt.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { percent, similarity } from '../numbers.ts';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { Segments } from '../parts/Segments.tsx';
import { Term } from '../parts/Term.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { useTheme } from '../theme.ts';
import { useSize } from '../useSize.ts';
import { atlasImage, atlasLayout } from './atlasImage.ts';
import { basisText, usePictures } from './usePictures.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

interface AtlasProps {
  readonly looked: LookedAt;
  readonly layer: number;
  readonly order: Uint16Array;
  readonly shown: ShownSimilarity | null;
}

export function Atlas({ looked, layer, order, shown }: AtlasProps) {
  const [half, setHalf] = useState<'upper' | 'lower'>('lower');
  const [table, setTable] = useState(false);
  const arm = half === 'upper' ? looked.upper : looked.lower;
  const { pictures, missing } = usePictures(looked, layer, arm);
  const kernels = useStudio((state) => state.selection.kernels);
  const { select } = useActions();
  const target = useRef<HTMLCanvasElement>(null);
  const [size, area] = useSize();
  const theme = useTheme();
  const [hover, setHover] = useState<number | null>(null);
  const n = order.length;
  const side = pictures === null || n === 0 ? 0 : Math.round(Math.sqrt(pictures.colours.length / (3 * n)));
  const layout = useMemo(() => atlasLayout(n, side, size?.width ?? 0, size?.height ?? 0), [n, side, size]);

  useLayoutEffect(() => {
    const canvas = target.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || pictures === null || layout === null || order.length === 0) return;
    const { columns, rows, tile } = layout;
    canvas.width = columns * tile;
    canvas.height = rows * tile;
    context.putImageData(atlasImage(pictures.colours, pictures.basis.scale, order, layout), 0, 0);
    const style = getComputedStyle(canvas);
    context.strokeStyle = style.getPropertyValue('--accent');
    context.lineWidth = 2;
    for (const kernel of kernels) {
      const place = order.indexOf(kernel);
      if (place >= 0) context.strokeRect((place % columns) * tile, Math.floor(place / columns) * tile, tile - 1, tile - 1);
    }
  }, [pictures, layout, order, kernels, theme]);

  const kernelAt = (event: PointerEvent): number | null => {
    if (layout === null) return null;
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * layout.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * layout.rows);
    return order[row * layout.columns + column] ?? null;
  };
  const choose = (kernel: number, second: boolean) => {
    const [first] = kernels;
    select({ kernels: second && first !== undefined && first !== kernel ? [first, kernel] : [kernel] });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (layout === null) return;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.columns, ArrowDown: layout.columns }[event.key];
    if (by === undefined) return;
    const place = order.indexOf(kernels.at(-1) ?? order[0] ?? 0) + (kernels.length === 0 ? 0 : by);
    const kernel = order[Math.max(0, Math.min(n - 1, place))];
    if (kernel !== undefined) choose(kernel, event.shiftKey);
    event.preventDefault();
    event.nativeEvent.stopImmediatePropagation();
  };
  const halves = [
    { value: 'upper', label: armTitle(looked.upper) },
    { value: 'lower', label: armTitle(looked.lower) },
  ] as const;
  return (
    <div className="atlas" data-testid="atlas" data-basis={pictures?.basis.kind} data-kernels={n} data-epoch={pictures?.epoch}>
      <div className="atlas-head">
        {looked.upper !== looked.lower && <Segments label="Arm shown" options={halves} value={half} onChange={setHalf} />}
        <button type="button" className="link" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? 'As pictures' : 'As a table'}
        </button>
        <output className="xs q end">{hover === null ? 'click a kernel; Shift and click for a pair' : `kernel ${hover}`}</output>
      </div>
      {missing && <p className="kernels-wait q">The kernels of this epoch are not kept.</p>}
      {table ? (
        <AtlasTable looked={looked} arm={arm} layer={layer} order={order} shown={shown} />
      ) : (
        <div className="atlas-area" ref={area}>
          <canvas
            ref={target}
            tabIndex={0}
            role="img"
            aria-label={`${n} kernels of the layer as pictures; arrows choose one, Shift with them a pair; as a table by the button above`}
            onKeyDown={onKeyDown}
            onPointerMove={(event) => setHover(kernelAt(event))}
            onPointerLeave={() => setHover(null)}
            onClick={(event) => {
              const kernel = kernelAt(event as unknown as PointerEvent);
              if (kernel !== null) choose(kernel, event.shiftKey);
            }}
          />
        </div>
      )}
      {pictures !== null && (
        <p className="xs q atlas-note">
          <Term name="colours">{basisText(pictures.basis)}</Term>
        </p>
      )}
    </div>
  );
}

function AtlasTable({ looked, arm, layer, order, shown }: AtlasProps & { readonly arm: string | null }) {
  const record = useStudio((state) => state.record);
  const { select } = useActions();
  const moved =
    record === null
      ? null
      : (numbersAt(record, { seed: looked.seed, arm, epoch: epochOfHalf(looked, arm) }, layer)?.moved ?? null);
  const map = arm === looked.upper ? shown?.upper : shown?.lower;
  const nearest = useMemo(() => (map === undefined ? [] : nearestOf(map.values, map.kernels)), [map]);
  return (
    <ScrollBox className="atlas-table" label="Kernels of the layer">
      <table className="table">
        <thead>
          <ColumnHeads
            columns={[
              { title: 'Kernel' },
              { title: 'Most alike' },
              { title: 'Similarity', num: true },
              { title: 'Moved', num: true },
            ]}
          />
        </thead>
        <tbody>
          {Array.from(order, (kernel) => (
            <tr key={kernel}>
              <td>
                <button type="button" className="pair-button" onClick={() => select({ kernels: [kernel] })}>
                  K<sub>{kernel}</sub>
                </button>
              </td>
              <td>
                K<sub>{nearest[kernel]?.other}</sub>
              </td>
              <td className="num">{similarity(nearest[kernel]?.value ?? null)}</td>
              <td className="num">{moved === null ? '–' : percent(moved[kernel] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function nearestOf(values: Float32Array, n: number): { other: number; value: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let best = { other: i, value: -Infinity };
    for (let other = 0; other < n; other++) {
      const value = values[i * n + other] ?? 0;
      if (other !== i && value > best.value) best = { other, value };
    }
    return best;
  });
}
