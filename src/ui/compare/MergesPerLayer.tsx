/** Merges per layer and epoch as small multiples on one scale; the seed before as a ghost. */
import { useMemo } from 'react';
import { isRunning } from '../../store/status.ts';
import { merging, type LayerMerging } from '../../store/merging.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { integer, percent, plural } from '../numbers.ts';
import { usePage } from '../pageContext.ts';
import { NoMerges } from '../merges/NoMerges.tsx';
import { Symbols } from '../parts/Symbols.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';
import { useSpread } from '../useSpread.ts';

export function MergesPerLayer() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const { showTab, showMergesOf } = useActions();
  const { setDialog } = usePage();
  const running = useStudio((state) => isRunning(state.status));
  const counts = useSpread(useFromRecord(merging), 4);
  const titles = useMemo(
    () => (record === null ? [] : convolutionTitles(networkOf(record.started.recipe, dataset))),
    [record, dataset],
  );
  if (record === null || counts === null) return null;
  const epochs = record.started.recipe.finetune.epochs;
  const rate = counts.tried === 0 ? null : counts.merged / counts.tried;
  return (
    <Panel
      title="Merges per layer"
      className="p-merges"
      scope={<>per epoch{counts.seedBefore !== null && `, seed ${counts.seed}; outline: seed ${counts.seedBefore}`}</>}
      end={
        counts.merged > 0 ? (
          <span className="scope">
            <span className="wide-only">
              {rate !== null && (
                <>
                  <b>{percent(rate)}</b> of {integer(counts.tried)} tries
                </>
              )}
            </span>
            <button type="button" className="link" onClick={() => showTab('merges')}>
              All {integer(record.log.length)}
            </button>
          </span>
        ) : undefined
      }
    >
      {counts.layers.length === 0 ? (
        <p className="panel-body q">
          No layer merges in this recipe: <Symbols text="L_s" /> is beyond the last convolution.
        </p>
      ) : counts.merged === 0 && counts.tried > 0 ? (
        <div className="panel-body">
          <NoMerges />
        </div>
      ) : (
        <ul className="multiples">
          {counts.layers.map((layer) => (
            <li key={layer.layer}>
              <button type="button" title={`Merges of ${titles[layer.layer]}`} onClick={() => showMergesOf(layer.layer)}>
                <span className="multiple-head">
                  <span>{titles[layer.layer] ?? layer.layer}</span>
                  <span className="q">{layer.tried === 0 ? '–' : percent(layer.merged / layer.tried)}</span>
                </span>
                <Bars layer={layer} peak={counts.peak} epochs={epochs} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {counts.layers.length > 0 && !(counts.merged === 0 && counts.tried > 0) && (
        <p className="chart-caption">
          <span>
            fine-tuning epochs 1 to {epochs}
            {counts.peak > 0 && `, one scale: 0 to ${plural(counts.peak, 'merge')}`}
          </span>
          {counts.tried > 0 ? (
            <span>percent: share of tries</span>
          ) : (
            <span>
              {running ? 'waiting for the first epoch of InMerge · ' : ''}
              <button type="button" className="link" onClick={() => setDialog('merging')}>
                What merging does
              </button>
            </span>
          )}
        </p>
      )}
    </Panel>
  );
}

function Bars({ layer, peak, epochs }: { layer: LayerMerging; peak: number; epochs: number }) {
  const slot = 100 / Math.max(1, epochs);
  const height = (count: number | null | undefined) => (peak === 0 ? 0 : (100 * (count ?? 0)) / peak);
  const width = `${slot * 0.36}%`;
  const ghosts = layer.before.some((count) => count !== null);
  return (
    <svg
      className="bars"
      role="img"
      aria-label={
        layer.byEpoch
          .map((count, k) => (count === null ? '' : `epoch ${k + 1}: ${plural(count, 'merge')}`))
          .filter(Boolean)
          .join(', ') || 'no epoch yet'
      }
    >
      <line x1="0" x2="100%" y1="50%" y2="50%" className="grid" />
      {layer.before.map((count, k) =>
        count === null ? null : (
          <rect
            key={k}
            className="ghost"
            x={`${slot * (k + 0.1)}%`}
            width={width}
            y={`${100 - height(count)}%`}
            height={`${height(count)}%`}
          />
        ),
      )}
      {layer.byEpoch.map((count, k) =>
        count === null ? null : (
          <rect
            key={k}
            className="now"
            x={`${slot * (k + (ghosts ? 0.5 : 0.32))}%`}
            width={width}
            y={`${100 - height(count)}%`}
            height={`${height(count)}%`}
          />
        ),
      )}
      <line x1="0" x2="100%" y1="100%" y2="100%" className="axis" />
    </svg>
  );
}
