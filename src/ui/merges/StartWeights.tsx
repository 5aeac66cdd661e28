/**
 * The weights that fine-tuning starts from: how similar the kernels of each layer are, and what the merge settings in the form
 * would do with them. Where no pair would merge it says so, and offers the quantile.
 */
import { tauText } from '../../recipe/arms.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { startView } from '../../store/startView.ts';
import { isRunning } from '../../store/status.ts';
import { integer, percent, similarity } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

/** Leaves the most similar twentieth of each layer's pairs above it. */
const offered = 0.95;

export function StartWeights() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const settings = useStudio((state) => state.recipe.merging);
  const running = useStudio((state) => isRunning(state.status));
  useStudio((state) => state.revision);
  const { choose } = useActions();
  const view = record === null ? null : startView(record, settings);
  if (record === null || view === null) {
    return <p className="panel panel-body q">The similarities of the start weights come with the end of the backbone.</p>;
  }
  const titles = convolutionTitles(networkOf(record.started.recipe, dataset));
  const side = settings.condition === 'similar' ? 'above' : 'below';
  return (
    <Panel
      title="Before fine-tuning"
      scope={`similarities of the start weights, seed ${view.seed}; τ ${tauText(settings.tau)} and p ${settings.p.toFixed(2)} as in the form`}
      className="start-weights"
    >
      <div data-testid="start-weights" data-expected={view.expected.toFixed(3)}>
        {view.merging === 0 && (
          <div className="no-merges">
            <p className="b">
              No pair of the start weights is {side} τ {tauText(settings.tau)}; the highest similarity is{' '}
              {similarity(view.highest)}.
            </p>
            <p className="q2">
              With a quantile, each layer has its own τ: {offered} lets the most similar {percent(1 - offered, 0)} of its pairs
              merge. The backbone is kept, so only fine-tuning runs again.
            </p>
            <button type="button" className="btn btn-28" onClick={() => choose('merging.tau', { quantile: offered })}>
              Use the quantile {offered}
              {running ? ' for the next experiment' : ''}
            </button>
          </div>
        )}
        <div className="table-scroll">
          <table className="table">
            <thead>
              <ColumnHeads
                columns={[
                  { title: 'Layer' },
                  { title: 'Kernels', num: true },
                  { title: 'Highest', num: true },
                  { title: `Pairs ${side} τ`, num: true },
                  { title: 'Merges a step', num: true },
                ]}
              />
            </thead>
            <tbody>
              {view.layers.map((layer) => (
                <tr key={layer.layer}>
                  <th scope="row">{titles[layer.layer] ?? layer.layer}</th>
                  <td className="num">{integer(layer.kernels)}</td>
                  <td className="num">{similarity(layer.highest)}</td>
                  <td className="num">
                    {integer(layer.merging)} <span className="q">of {integer(layer.pairs)}</span>
                  </td>
                  <td className="num">{layer.expected.toFixed(2)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">All that merge</th>
                <td>&nbsp;</td>
                <td className="num">{similarity(view.highest)}</td>
                <td className="num">
                  {integer(view.merging)} <span className="q">of {integer(view.pairs)}</span>
                </td>
                <td className="num">{view.expected.toFixed(2)}</td>
              </tr>
            </tfoot>
          </table>
        </div>
      </div>
    </Panel>
  );
}
