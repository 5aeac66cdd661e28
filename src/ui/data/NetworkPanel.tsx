/** Every layer of the network with shape, parameters and memory, and which convolutions are left to merging. */
import { useMemo, useState } from 'react';
import { networksOf, networkTitle } from '../../recipe/bases.ts';
import type { StepMemory } from '../../worker/protocol.ts';
import { networkView } from '../../store/networkView.ts';
import { bytes, compact, integer, plural } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useStudio } from '../studioContext.ts';
import { useForecast } from '../useForecast.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

export function NetworkPanel() {
  const recipe = useStudio((state) => state.recipe);
  const dataset = useStudio((state) => state.dataset);
  const networks = useMemo(() => networksOf(recipe), [recipe]);
  const [chosen, setChosen] = useState(0);
  // A network may be gone from the sweep since.
  const shown = Math.min(chosen, networks.length - 1);
  const view = useMemo(
    () => networkView({ ...recipe, network: networks[shown] ?? recipe.network }, dataset),
    [recipe, networks, shown, dataset],
  );
  const batch = recipe.optimiser.batchSize;
  const step = useStudio((state) => state.stepMemory);
  useForecast();
  const memory =
    step === null
      ? `about ${bytes(view.trainingBytes)} to train`
      : `${networks.length > 1 ? 'of the largest network, ' : ''}${memoryOf(step)}`;
  return (
    <Panel
      title="Network"
      testId="network"
      scope={
        networks.length === 1 ? (
          `${view.title}, ${compact(view.parameters)} parameters`
        ) : (
          <label className="network-choice">
            <span className="vh">Network shown</span>
            <select className="select-28" value={shown} onChange={(event) => setChosen(Number(event.target.value))}>
              {networks.map((network, k) => (
                <option key={networkTitle(network)} value={k}>
                  {networkTitle(network)}
                </option>
              ))}
            </select>
            {compact(view.parameters)} parameters
          </label>
        )
      }
      end={
        <span className="scope">
          <span className="wide-only">{compact(view.macs)} multiply-adds an image, </span>
          {memory}
        </span>
      }
    >
      {view.droppedPools > 0 && (
        <p className="hint hint-warn">
          <Icon name="warn" />
          {plural(view.droppedPools, 'max pool')} dropped: at {view.input[0]} × {view.input[1]} px the map is already 1 px wide
          there.
        </p>
      )}
      {step !== null &&
        fitting(step).map((line) => (
          <p key={line} className="hint">
            {line}
          </p>
        ))}
      <div className="table-scroll">
        <table className="table network">
          <thead>
            <ColumnHeads
              columns={[
                { title: 'Layer' },
                { title: 'What it does' },
                { title: 'Output', num: true },
                { title: 'Parameters', num: true },
                { title: `Batch of ${integer(batch)}`, num: true },
                { title: 'Merging' },
              ]}
            />
          </thead>
          <tbody>
            <tr className="quiet">
              <td>input</td>
              <td>&nbsp;</td>
              <td className="num">{view.input.join(' × ')}</td>
              <td className="num">&nbsp;</td>
              <td className="num">{bytes(4 * batch * view.input[0] * view.input[1] * view.input[2])}</td>
              <td>&nbsp;</td>
            </tr>
            {view.rows.map((row, k) => (
              <tr key={k} className={row.convolution === null ? 'quiet' : undefined}>
                <td>{row.title}</td>
                <td>{row.detail}</td>
                <td className="num">{row.output.join(' × ')}</td>
                <td className="num">{row.parameters === 0 ? '' : integer(row.parameters)}</td>
                <td className="num">{bytes(row.outputBytes)}</td>
                <td>
                  {row.convolution !== null &&
                    (row.merges ? (
                      <span className="merges-mark">
                        <i aria-hidden="true" />
                        merges
                      </span>
                    ) : (
                      <span className="q">
                        skipped, {row.convolution} &lt; L<sub>s</sub>
                      </span>
                    ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** The compiled step's own plan, and the images that stay beside it. */
function memoryOf({ bytes: size, chunks, holdsImages, imageBytes, mostBytes }: StepMemory): string {
  if (chunks === 0) return `one image needs a map over the ${bytes(mostBytes)} that this GPU can bind`;
  return `a step takes ${bytes(size)} of the GPU${holdsImages ? `, the images ${bytes(imageBytes)}` : ''}`;
}

/** What does not fit the device as it is, and what is done about it. */
function fitting({ chunks, holdsImages, imageBytes, mostBytes }: StepMemory): string[] {
  const cut = `A batch runs in ${chunks} exact chunks: one map may take ${bytes(mostBytes)} on this GPU.`;
  const sent = `The images, ${bytes(imageBytes)}, are too many to stay on the GPU: each batch is uploaded, which is slower.`;
  return [...(chunks > 1 ? [cut] : []), ...(holdsImages ? [] : [sent])];
}
