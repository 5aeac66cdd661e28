/** What the experiment was made with: data, network, selection rule, device, time. */
import { networkView } from '../../store/networkView.ts';
import { tauText } from '../../recipe/arms.ts';
import { fields } from '../../recipe/fields.ts';
import { deviceTitle } from '../device/deviceTitle.ts';
import { compact, duration, moment } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';
import { Panel } from '../parts/Panel.tsx';
import { tileNames } from '../parts/tileNames.ts';
import { useStudio } from '../studioContext.ts';

const ends = { finished: 'complete', stopped: 'stopped by you', halted: 'ended by an error' } as const;

export function Details() {
  const record = useStudio((state) => state.record);
  const trainedOn = useStudio((state) => state.trainedOn);
  const reopened = useStudio((state) => state.reopened);
  const ended = useStudio((state) => state.ended);
  if (record === null) return null;
  const { recipe, trainableParameters } = record.started;
  const network = networkView(recipe, trainedOn?.dataset ?? null);
  const { merging } = recipe;
  const device = trainedOn?.device ?? null;
  const datasetTitle = trainedOn?.dataset.title ?? reopened?.datasetTitle ?? null;
  return (
    <Panel title="Made with">
      <dl className="facts" data-testid="details">
        <dt>Recipe</dt>
        <dd>
          <Name text={recipe.name} longest={24} />
        </dd>
        <dt>Dataset</dt>
        <dd>{datasetTitle === null ? '–' : <Name text={datasetTitle} longest={24} />}</dd>
        {recipe.dataset.sha256 !== null && (
          <>
            <dt>SHA-256</dt>
            <dd>
              <code title={recipe.dataset.sha256}>{recipe.dataset.sha256.slice(0, 12)}…</code>
            </dd>
          </>
        )}
        <dt>Network</dt>
        <dd>{network.title}</dd>
        <dt>Parameters</dt>
        <dd>{compact(trainableParameters)}</dd>
        <dt>Merging</dt>
        <dd>
          α {merging.alpha.toFixed(2)}, τ {tauText(merging.tau)}, p {merging.p.toFixed(2)}
        </dd>
        <dt>Layers that merge</dt>
        <dd>
          {record.started.mergedLayers.length} of {network.convolutions}
        </dd>
        <dt>Epoch taken by</dt>
        <dd>{fields.selectBy.options.find((option) => option.value === recipe.selectBy)?.label}</dd>
        <dt>Seeds</dt>
        <dd>{recipe.seeds.length > 6 ? `${recipe.seeds.length} seeds` : recipe.seeds.join(', ')}</dd>
        {device !== null && (
          <>
            <dt>Device</dt>
            <dd>
              {deviceTitle(device.device)}, {device.hardware}
            </dd>
          </>
        )}
        {record.started.tiles !== undefined && (
          <>
            <dt>Kernel tiles</dt>
            <dd title="Forward, input gradient, filter gradient; of each, early / middle / late layers. One name where all agree. The same tiles round sums alike.">
              {tileNames(record.started.tiles)}
            </dd>
          </>
        )}
        <dt>Experiment</dt>
        <dd>
          {ended === null ? 'under way' : reopened?.state === 'interrupted' ? 'interrupted' : ends[ended.how]}
          {ended !== null && ended.elapsedMs !== null && `, ${duration(ended.elapsedMs)}`}
        </dd>
        {reopened !== null && reopened.startedAt > 0 && (
          <>
            <dt>Started</dt>
            <dd>{moment(reopened.startedAt)}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
