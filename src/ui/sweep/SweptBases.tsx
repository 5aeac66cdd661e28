/** Networks and start weights beside the recipe's own: each trains backbones of its own, and every arm from them. */
import { useRef } from 'react';
import { basesOf, networkTitle, startTitle, type StartSettings } from '../../recipe/bases.ts';
import { fields } from '../../recipe/fields.ts';
import type { NetworkSettings, Recipe } from '../../recipe/recipe.ts';
import { networkView } from '../../store/networkView.ts';
import { compact, plural } from '../numbers.ts';
import { FileInput } from '../parts/FileInput.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import StartChoice, { FileFacts } from './StartChoice.tsx';

type SweptNetwork = NonNullable<Recipe['sweep']['network']>[number];

/** A sweep without a list that is empty: the recipe has none then. */
function withList<K extends 'network' | 'start'>(sweep: Recipe['sweep'], key: K, list: Recipe['sweep'][K]): Recipe['sweep'] {
  const { [key]: _before, ...rest } = sweep;
  return list === undefined || list.length === 0 ? rest : { ...rest, [key]: list };
}

export function SweptBases() {
  return (
    <>
      <Networks />
      <Starts />
    </>
  );
}

function Networks() {
  const recipe = useStudio((state) => state.recipe);
  const { setSweep } = useActions();
  const networks = recipe.sweep.network ?? [];
  const set = (list: readonly SweptNetwork[]) => setSweep(withList(recipe.sweep, 'network', [...list]));
  const add = (name: string) => {
    const option = fields.networkName.options.find(({ value }) => value === name);
    if (option !== undefined) set([...networks, { ...recipe.network, name: option.value as NetworkSettings['name'] }]);
  };
  const twice = networks.length > 0 && basesOf({ ...recipe, sweep: { network: networks } }).length <= networks.length;
  return (
    <section className="sweep-part" aria-label="Networks" data-testid="sweep-networks">
      {networks.length > 0 && <h3>Networks beside {networkTitle(recipe.network)}</h3>}
      {networks.map((network, at) => (
        <NetworkRow
          // A row is its place: its settings change under it.
          key={at}
          at={at}
          network={network}
          onChange={(next) => set(networks.map((each, k) => (k === at ? next : each)))}
          onRemove={() => set(networks.filter((_, k) => k !== at))}
        />
      ))}
      {twice && (
        <p className="field-problem" role="alert">
          One of them stands twice, or is the recipe’s own: it is trained once.
        </p>
      )}
      <label className="sweep-add">
        {networks.length === 0 ? 'Train on' : 'and on'}
        <select value="" onChange={(event) => add(event.target.value)}>
          <option value="">another network</option>
          {fields.networkName.options.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

interface NetworkRowProps {
  readonly at: number;
  readonly network: SweptNetwork;
  readonly onChange: (next: SweptNetwork) => void;
  readonly onRemove: () => void;
}

function NetworkRow({ at, network, onChange, onRemove }: NetworkRowProps) {
  const recipe = useStudio((state) => state.recipe);
  const dataset = useStudio((state) => state.dataset);
  const { start, ...settings } = network;
  const title = networkTitle(settings);
  const view = networkView({ ...recipe, network: settings }, dataset);
  const { min, max, step } = fields.widthMultiplier;
  return (
    <div className="sweep-network" role="group" aria-label={title}>
      <p className="sweep-network-head">
        <b>{title}</b>
        <button type="button" className="reset" aria-label={`Leave ${title} out`} title={`Leave ${title} out`} onClick={onRemove}>
          <Icon name="cross" />
        </button>
      </p>
      <p className="q">
        {view.merged} of {plural(view.convolutions, 'layer')} merge, {compact(view.parameters)} parameters
      </p>
      <p className="sweep-network-settings">
        {network.name.startsWith('vgg') && (
          <label>
            <input
              type="checkbox"
              checked={network.batchNorm}
              onChange={(event) => onChange({ ...network, batchNorm: event.target.checked })}
            />
            Batch norm
          </label>
        )}
        <label>
          Width
          <input
            type="number"
            className="number-input"
            min={min}
            max={max}
            step={step}
            defaultValue={network.widthMultiplier}
            onChange={({ target: { valueAsNumber: width } }) => {
              if (width >= min && width <= max) onChange({ ...network, widthMultiplier: width });
            }}
          />
        </label>
      </p>
      <StartChoice place={{ of: 'network', at }} start={start} network={settings} />
    </div>
  );
}

const drawnStarts: readonly StartSettings[] = fields.initialWeights.options.map(({ value }) => ({
  from: 'random',
  distribution: value as Recipe['start']['distribution'],
}));

function Starts() {
  const recipe = useStudio((state) => state.recipe);
  const { giveWeights, setSweep } = useActions();
  const picker = useRef<HTMLInputElement>(null);
  const starts = recipe.sweep.start ?? [];
  const set = (list: readonly StartSettings[]) => setSweep(withList(recipe.sweep, 'start', [...list]));
  const isThere = (start: StartSettings) =>
    [recipe.start, ...starts].some((each) => each.from === start.from && startTitle(each) === startTitle(start));
  return (
    <section className="sweep-part" aria-label="Start weights" data-testid="sweep-starts">
      {starts.length > 0 && <h3>Start weights beside {startTitle(recipe.start)}</h3>}
      {starts.map((start, at) => (
        <div key={`${start.from} ${startTitle(start)}`} className="sweep-start">
          {start.from === 'file' ? <FileFacts file={start} network={recipe.network} /> : <p>{startTitle(start)}</p>}
          <button
            type="button"
            className="reset"
            aria-label={`Leave ${startTitle(start)} out`}
            title={`Leave ${startTitle(start)} out`}
            onClick={() => set(starts.filter((_, k) => k !== at))}
          >
            <Icon name="cross" />
          </button>
        </div>
      ))}
      <label className="sweep-add">
        {starts.length === 0 ? 'Begin with' : 'and with'}
        <select
          value=""
          onChange={({ target: { value } }) => {
            if (value === 'file') picker.current?.click();
            else set([...starts, ...drawnStarts.filter((start) => start.distribution === value)]);
          }}
        >
          <option value="">other start weights</option>
          {drawnStarts
            .filter((start) => !isThere(start))
            .map((start) => (
              <option key={start.distribution} value={start.distribution}>
                {startTitle(start)}
              </option>
            ))}
          <option value="file">a file …</option>
        </select>
      </label>
      <FileInput
        picker={picker}
        label="Further start weights (.safetensors)"
        testId="weights-sweep"
        accept=".safetensors"
        onFile={(file) => void giveWeights(file, { of: 'sweep' })}
      />
    </section>
  );
}
