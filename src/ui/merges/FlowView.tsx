/** Who took from whom around the selected kernels: as a graph, as the table it is drawn from, and along the steps of the run. */
import { useCallback, useMemo } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import { mergeFlow } from '../../store/mergeFlow.ts';
import { integer, plural } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import '../styles/merges.css';
import { FlowGraph } from './FlowGraph.tsx';
import { MergeTimeLine } from './MergeTimeLine.tsx';
import { useShownMap } from './useMergeRows.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

const edgesListed = 200;

export function FlowView() {
  const map = useShownMap();
  const selection = useStudio((state) => state.selection);
  const { select } = useActions();
  const layer = map?.layer ?? null;
  // Kernels are of a layer: those of another say nothing here.
  const chosen = useMemo(() => (selection.layer === layer ? selection.kernels : []), [selection, layer]);
  const counts = map?.counts ?? null;
  const n = map?.kernels ?? 0;
  const flow = useMemo(() => (counts === null ? null : mergeFlow(counts, n, chosen)), [counts, n, chosen]);
  const choose = useCallback(
    (kernel: number, more: boolean) => {
      if (layer === null) return;
      const rest = chosen.filter((each) => each !== kernel);
      const kernels = more ? (rest.length < chosen.length ? rest : [...chosen, kernel]) : [kernel];
      select({ layer, kernels });
    },
    [chosen, layer, select],
  );
  if (map === null || flow === null) {
    return <section className="panel panel-body q">Merges come with the first epoch of InMerge.</section>;
  }
  const about =
    chosen.length === 0 ? `the ${flow.nodes.length} most active kernels` : `around ${plural(chosen.length, 'kernel')}`;
  return (
    <div className="merge-flow" data-testid="merge-flow" data-nodes={flow.nodes.length} data-edges={flow.edges.length}>
      <Panel
        title={`${map.title}, who took from whom`}
        scope={`${about}, ${armTitle(map.arm)}, seed ${map.seed}${flow.left > 0 ? `; ${plural(flow.left, 'rarer partner')} left out` : ''}`}
        className="flow-graph"
      >
        {flow.nodes.length === 0 ? (
          <p className="panel-body q">
            {chosen.length === 0 ? 'No merge in what is shown.' : 'The selected kernels have no part in the merges shown.'}
          </p>
        ) : (
          <FlowGraph flow={flow} onChoose={choose} />
        )}
        <p className="flow-note">An arrow runs to the kernel that took a share. Shift and click selects several kernels.</p>
      </Panel>
      <Panel title="The same as a table" scope={plural(flow.edges.length, 'pair')} className="flow-table">
        <ScrollBox className="step-scroll" label="Who took from whom">
          <table className="table" data-testid="flow-table">
            <thead>
              <ColumnHeads columns={[{ title: 'Kernel ← partner' }, { title: 'Merges', num: true }]} />
            </thead>
            <tbody>
              {flow.edges.slice(0, edgesListed).map(({ i, j, times }) => (
                <tr key={`${i} ${j}`}>
                  <td>
                    <button type="button" className="pair-button" onClick={() => select({ layer: map.layer, kernels: [i, j] })}>
                      K<sub>{i}</sub> ← K<sub>{j}</sub>
                    </button>
                  </td>
                  <td className="num">{integer(times)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      </Panel>
      <MergeTimeLine map={map} chosen={chosen} />
    </div>
  );
}
