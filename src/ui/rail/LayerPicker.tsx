/** The first merged layer as bars, one a convolution, as high as it has kernels; grey ones stay as they are. */
import { useMemo } from 'react';
import { networksOf, networkTitle } from '../../recipe/bases.ts';
import { networkView } from '../../store/networkView.ts';
import { useActions, useStudio } from '../studioContext.ts';
import type { InputProps } from './FieldRow.tsx';
import { NumberInput } from './NumberInput.tsx';

export function LayerPicker(props: InputProps) {
  const recipe = useStudio((state) => state.recipe);
  const dataset = useStudio((state) => state.dataset);
  const { choose } = useActions();
  const layers = useMemo(() => networkView(recipe, dataset).rows.filter((row) => row.convolution !== null), [recipe, dataset]);
  const others = useMemo(
    () =>
      networksOf(recipe)
        .slice(1)
        .map((network) => ({ name: networkTitle(network), ...networkView({ ...recipe, network }, dataset) })),
    [recipe, dataset],
  );
  const first = recipe.merging.firstLayer;
  const most = Math.max(...layers.map((row) => row.kernels ?? 0));
  return (
    <>
      <div className="layer-bars" aria-hidden="true">
        {layers.map((row) => (
          <i
            key={row.convolution}
            className={row.merges ? 'on' : undefined}
            style={{ height: `${20 + 80 * ((row.kernels ?? 0) / most)}%` }}
            title={`${row.title}, ${row.kernels} kernels`}
          />
        ))}
      </div>
      <div className="number number-slider">
        <input
          type="range"
          aria-label="First merged layer, slider"
          min={0}
          max={layers.length}
          step={1}
          value={Math.min(first, layers.length)}
          aria-valuetext={layers[first]?.title ?? 'no layer merges'}
          onChange={(event) => choose(props.item.path, Number(event.target.value))}
        />
        <NumberInput {...props} />
      </div>
      <p className="help help-strong">
        {sentence(
          layers.map((row) => row.title),
          first,
        )}
        {others.map(({ name, merged, convolutions }) => (
          <span key={name}>
            <br />
            {name}: {merged} of {convolutions} convolutions merge.
          </span>
        ))}
      </p>
    </>
  );
}

function sentence(titles: readonly string[], first: number): string {
  if (first >= titles.length) return `No layer merges: the network has ${titles.length} convolutions, 0 to ${titles.length - 1}.`;
  if (first === 0) return `All ${titles.length} convolutions merge.`;
  const skipped = first === 1 ? `${titles[0]} stays as it is` : `${titles[0]} to ${titles[first - 1]} stay as they are`;
  return `${skipped}; ${titles.length - first} of ${titles.length} convolutions merge.`;
}
