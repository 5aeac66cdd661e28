/** Fields and values of a sweep, more seeds, and the forecast: runs, time and storage, told before anything starts. */
import { useEffect, useState } from 'react';
import { sweptFields, sweptIn, type SweptField } from '../../recipe/arms.ts';
import { fields } from '../../recipe/fields.ts';
import { readValues, valuesText, withField, withoutField } from '../../store/sweepForm.ts';
import { bytes as sizeText, estimate, integer, plural } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { Symbols } from '../parts/Symbols.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { useForecast } from '../useForecast.ts';
import '../styles/sweep.css';
import { SweptBases } from './SweptBases.tsx';

const mostFields = 3;

export default function SweepForm() {
  const sweep = useStudio((state) => state.recipe.sweep);
  const seeds = useStudio((state) => state.recipe.seeds);
  const { choose, setSweep } = useActions();
  const swept = sweptIn(sweep);
  const free = sweptFields.filter((field) => !swept.includes(field));
  // The forecast stands at the form's end: it is brought into view with the form.
  useEffect(() => {
    document.getElementById('card-sweep')?.parentElement?.scrollIntoView({ block: 'start' });
  }, []);
  const nextSeed = Math.max(-1, ...seeds) + 1;
  return (
    <>
      <p className="card-note">
        Every value is an arm of its own beside Baseline and InMerge: same backbone, same batches. Two settings make a grid.
      </p>
      {swept.map((field) => (
        <SweptRow key={field} field={field} />
      ))}
      {free.length > 0 && swept.length < mostFields && (
        <label className="sweep-add">
          {swept.length === 0 ? 'Vary' : 'and vary'}
          <select value="" onChange={(event) => setSweep(withField(sweep, event.target.value as SweptField))}>
            <option value="">choose a setting</option>
            {free.map((field) => (
              <option key={field} value={field}>
                {fields[field].label}
              </option>
            ))}
          </select>
        </label>
      )}
      <SweptBases />
      <div className="sweep-seeds">
        <span>
          {plural(seeds.length, 'seed')}: {seeds.length > 8 ? `${seeds.slice(0, 8).join(', ')} …` : seeds.join(', ')}
        </span>
        <button type="button" className="btn btn-28" onClick={() => choose('seeds', [...seeds, nextSeed])}>
          Add seed {nextSeed}
        </button>
      </div>
      <ForecastLines />
    </>
  );
}

function SweptRow({ field }: { field: SweptField }) {
  const sweep = useStudio((state) => state.recipe.sweep);
  const { setSweep } = useActions();
  const [draft, setDraft] = useState<string | null>(null);
  const { label } = fields[field];
  const read = draft === null ? null : readValues(sweep, field, draft);
  const problem = read === null || read.ok ? null : read.message;
  const id = `sweep-${field}`;
  const symbol = 'symbol' in fields[field] ? (fields[field].symbol as string) : null;
  const type = (text: string) => {
    setDraft(text);
    const now = readValues(sweep, field, text);
    if (now.ok) setSweep(now.sweep);
  };
  return (
    <div className="field">
      <div className="field-name">
        <label htmlFor={id}>
          {symbol !== null && (
            <b className="symbol">
              <Symbols text={symbol} />{' '}
            </b>
          )}
          {label}
        </label>
        <button
          type="button"
          className="reset"
          aria-label={`Do not vary ${label}`}
          title={`Do not vary ${label}`}
          onClick={() => setSweep(withoutField(sweep, field))}
        >
          <Icon name="cross" />
        </button>
      </div>
      <input
        type="text"
        id={id}
        className="list-input"
        spellCheck={false}
        autoComplete="off"
        value={draft ?? valuesText(sweep[field] ?? [])}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? `${id}-help` : `${id}-problem`}
        onChange={(event) => type(event.target.value)}
        onBlur={() => problem === null && setDraft(null)}
      />
      {problem !== null && (
        <p className="field-problem" role="alert" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      <p className="help" id={`${id}-help`}>
        Values with commas.{field === 'tau' && ' q0.95 is a quantile of each layer’s own similarities.'}
      </p>
    </div>
  );
}

function ForecastLines() {
  const dataset = useStudio((state) => state.dataset?.sha256 ?? null);
  const forecast = useStudio((state) => state.forecast);
  useForecast();
  if (dataset === null) return <p className="help">With a dataset open, runs, time and storage are told here.</p>;
  if (forecast === null) return <p className="help">These settings do not fit the dataset yet.</p>;
  const { bytes, measured, ms, newRuns, runs } = forecast;
  return (
    <dl className="sweep-forecast" data-testid="forecast" data-runs={runs} data-new-runs={newRuns}>
      <dt>Runs</dt>
      <dd>
        {integer(runs)}
        {newRuns < runs && `, ${newRuns === 0 ? 'all' : integer(runs - newRuns)} trained before`}
      </dd>
      <dt>Time</dt>
      <dd>
        {newRuns === 0 ? 'none' : estimate(ms)}
        {newRuns > 0 && !measured && <span className="q"> a guess: nothing was timed on this device yet</span>}
      </dd>
      <dt>Storage</dt>
      <dd>{newRuns === 0 ? 'none' : `about ${sizeText(bytes)}`}</dd>
    </dl>
  );
}
