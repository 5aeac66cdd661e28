/** What is shown of the merges, the same for all views: epochs, layer, seed, least similarity, kernels. */
import { useId, useMemo } from 'react';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { useActions, useStudio } from '../studioContext.ts';
import '../styles/filterBar.css';
import { EpochPlayer } from './EpochPlayer.tsx';
import { KernelField } from './KernelField.tsx';

export function FilterBar() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const view = useStudio((state) => state.mergesView);
  const { seed, layer } = useStudio((state) => state.selection);
  const { allLayers, kernelsOnly, atLeast } = useStudio((state) => state.mergeLook);
  const { select, lookAtMerges, showMergesOf } = useActions();
  const id = useId();
  const titles = useMemo(
    () => (record === null ? [] : convolutionTitles(networkOf(record.started.recipe, dataset))),
    [record, dataset],
  );
  if (record === null) return null;
  const { mergedLayers, recipe } = record.started;
  const listed = view === 'list';
  const shown = mergedLayers.includes(layer ?? -1) ? layer : listed ? layer : (mergedLayers.at(-1) ?? null);
  return (
    <section className="panel filter-bar" aria-label="Merges shown">
      <EpochPlayer />
      <label className="filter">
        Layer
        <select
          value={listed && allLayers ? '' : (shown ?? '')}
          onChange={(event) => {
            const value = event.target.value === '' ? null : Number(event.target.value);
            if (listed) showMergesOf(value);
            else if (value !== null) select({ layer: value });
          }}
        >
          {listed && <option value="">all layers</option>}
          {shown !== null && !mergedLayers.includes(shown) && (
            <option value={shown}>{titles[shown] ?? shown} (does not merge)</option>
          )}
          {mergedLayers.map((index) => (
            <option key={index} value={index}>
              {titles[index] ?? index}
            </option>
          ))}
        </select>
      </label>
      {recipe.seeds.length > 1 && (
        <label className="filter">
          Seed
          <select
            value={seed ?? ''}
            onChange={(event) => select({ seed: event.target.value === '' ? null : Number(event.target.value) })}
          >
            <option value="">{listed ? 'all' : 'latest'}</option>
            {recipe.seeds.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="filter" htmlFor={`${id}least`}>
        Similarity from
        <input
          id={`${id}least`}
          className="number"
          type="number"
          min={-1}
          max={1}
          step={0.05}
          placeholder="any"
          value={atLeast ?? ''}
          onChange={(event) => lookAtMerges({ atLeast: event.target.value === '' ? null : Number(event.target.value) })}
        />
      </label>
      <KernelField />
      {listed && (
        <label className="filter">
          <input
            type="checkbox"
            checked={kernelsOnly}
            onChange={(event) => lookAtMerges({ kernelsOnly: event.target.checked })}
          />
          these alone
        </label>
      )}
    </section>
  );
}
