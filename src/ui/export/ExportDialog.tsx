/** Everything an experiment can be taken away as: report, tables, figures, numbers, script, and the bundle of all of it. */
import { useMemo, useState } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { RunKey } from '../../experiment/events.ts';
import { bandNames, bands, type Band } from '../../report/bands.ts';
import { figuresOf } from '../../report/figures.ts';
import type { ReportFile } from '../../report/reportFile.ts';
import { tablesOf } from '../../report/tablesOf.ts';
import { comparedIn } from '../../store/arms.ts';
import { Modal } from '../parts/Modal.tsx';
import { fileStem, saveFile } from '../parts/saveFile.ts';
import { useActions, useGetState } from '../studioContext.ts';
import { bytes, plural } from '../numbers.ts';
import { pngOf } from './png.ts';
import { reportSource, shownCurves, styleOf } from './reportSource.ts';
import { useKeptWeights, type KeptWeights } from './useKeptWeights.ts';

export default function ExportDialog({ onClose }: { onClose: () => void }) {
  const getState = useGetState();
  const { tell } = useActions();
  const shown = useMemo(() => shownCurves(getState()), [getState]);
  const [band, setBand] = useState<Band>(shown.band);
  const [arms, setArms] = useState<'shown' | 'all'>('shown');
  const style = useMemo(() => styleOf(shown, band, arms === 'all'), [shown, band, arms]);
  // What is exported is the experiment as it stands when the dialog opens.
  const source = useMemo(() => reportSource(getState(), style), [getState, style]);
  const weights = useKeptWeights();
  const [busy, setBusy] = useState(false);
  if (source === null) return null;
  const { files, study, title } = source;
  const tables = tablesOf(study);
  const figures = figuresOf(study, style);
  const save = ({ path, type, pieces }: ReportFile) => saveFile(`${fileStem(title)}.${path.split('/').at(-1)}`, type, pieces);
  const find = (path: string) => files.find((file) => file.path === path);
  const saveAs = (path: string) => () => {
    const file = find(path);
    if (file !== undefined) save(file);
  };
  const slowly = (work: () => Promise<void>) => () => {
    setBusy(true);
    work()
      .catch((thrown: unknown) => tell(`The file was not made: ${thrown instanceof Error ? thrown.message : String(thrown)}`))
      .finally(() => setBusy(false));
  };
  const saveBundle = (weights: () => Promise<readonly ReportFile[]>) =>
    slowly(async () => saveFile(`${fileStem(title)}.inmerge.zip`, 'application/zip', await source.bundle(await weights())));
  const savePng = (id: string) =>
    slowly(async () => {
      const svg = find(`figures/${id}.svg`);
      if (svg !== undefined) saveFile(`${fileStem(title)}.${id}.png`, 'image/png', [await pngOf(svg.pieces)]);
    });
  return (
    <Modal title="Export results" onClose={onClose} wide>
      <div className="modal-body export" data-testid="export">
        <Row
          name="Everything in one file"
          about={`Opens here by drop and in npx inmerge inspect${weights === null ? '' : `; weights of ${plural(weights.runs.length, 'network')}: ${bytes(weights.bytes)}`}`}
        >
          <Save label="Bundle" onClick={saveBundle(() => Promise.resolve([]))} disabled={busy} />
          <Save
            label="Bundle with weights"
            onClick={saveBundle(() => weights?.files() ?? Promise.resolve([]))}
            disabled={busy || weights === null}
          />
        </Row>
        <Row name="Report" about="One HTML file with all that follows inside; needs no network">
          <Save label="HTML" onClick={saveAs('report.html')} />
        </Row>
        <Row name="Numbers" about="Every epoch, run and difference; test scores of every image in NPZ">
          <Save label="JSON" onClick={saveAs('report.json')} />
          <Save label="CSV" onClick={saveAs('metrics.csv')} />
          <Save label="NPZ" onClick={saveAs('results.npz')} />
        </Row>
        {find('repeat.py') !== undefined && (
          <Row name="PyTorch script" about="Repeats the experiment on the same file, start weights, batches and merge draws">
            <Save label="Python" onClick={saveAs('repeat.py')} />
          </Row>
        )}
        {weights === null ? (
          <Row name="Weights of one network" about="Of a finished run that is kept in this browser">
            <Save label="safetensors" onClick={() => undefined} disabled />
          </Row>
        ) : (
          <WeightsRow weights={weights} save={(run) => slowly(async () => save(await weights.file(run)))()} busy={busy} />
        )}
        <h3>Tables</h3>
        {tables.length === 0 && <p className="q">They come when the first run is over.</p>}
        {tables.map(({ id, title: name }) => (
          <Row key={id} name={name}>
            <Save label="CSV" onClick={saveAs(`tables/${id}.csv`)} what={name} />
            <Save label="LaTeX" onClick={saveAs(`tables/${id}.tex`)} what={name} />
          </Row>
        ))}
        <h3>Figures</h3>
        <p className="xs q">Curves are drawn as on the Compare screen: its arms, smoothing and scale.</p>
        {study.arms.length > 2 && (
          <label className="export-band">
            <span>Arms in the curves</span>
            <select value={arms} onChange={(event) => setArms(event.target.value === 'all' ? 'all' : 'shown')}>
              <option value="shown">as on Compare, {shown.arms.length}</option>
              <option value="all">all, {study.arms.length}</option>
            </select>
          </label>
        )}
        <label className="export-band">
          <span>Around the mean over seeds</span>
          <select value={band} onChange={(event) => setBand(bands.find((each) => each === event.target.value) ?? band)}>
            {bands.map((each) => (
              <option key={each} value={each}>
                {bandNames[each]}
              </option>
            ))}
          </select>
        </label>
        {figures.map(({ id, title: name }) => (
          <Row key={id} name={name}>
            <Save label="SVG" onClick={saveAs(`figures/${id}.svg`)} what={name} />
            <Save label="PNG" onClick={savePng(id)} what={name} disabled={busy} />
            <Save label="pgfplots" onClick={saveAs(`figures/${id}.tex`)} what={name} />
          </Row>
        ))}
      </div>
    </Modal>
  );
}

interface WeightsRowProps {
  readonly weights: KeptWeights;
  readonly save: (run: RunKey) => void;
  readonly busy: boolean;
}

/** The network of one run alone, as PyTorch takes it. */
function WeightsRow({ weights: { runs }, save, busy }: WeightsRowProps) {
  const { record } = useGetState()();
  // The merging arm that is compared, of its first seed.
  const [chosen, setChosen] = useState(() => {
    const arm = record === null ? null : comparedIn(record).inmerge;
    return Math.max(
      0,
      runs.findIndex((run) => run.arm === arm && (run.base ?? null) === record?.base),
    );
  });
  const title = (run: RunKey) => {
    const on = record?.on(run.base ?? null).title ?? '';
    return `${armTitle(run.arm)}, seed ${run.seed}${on === '' ? '' : `, ${on}`}`;
  };
  const run = runs[chosen];
  return (
    <Row name="Weights of one network" about="A state_dict by torchvision’s names, for safetensors.torch.load_file">
      <select aria-label="Which network" value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
        {runs.map((each, k) => (
          <option key={title(each)} value={k}>
            {title(each)}
          </option>
        ))}
      </select>
      <Save label="safetensors" onClick={() => run !== undefined && save(run)} disabled={busy} />
    </Row>
  );
}

function Row({ name, about, children }: { name: string; about?: string; children: React.ReactNode }) {
  return (
    <div className="export-row">
      <div>
        <p>{name}</p>
        {about !== undefined && <p className="xs q">{about}</p>}
      </div>
      <div className="export-buttons">{children}</div>
    </div>
  );
}

interface SaveProps {
  readonly label: string;
  /** What it is of, for those who cannot see the row. */
  readonly what?: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Save({ label, what, disabled = false, onClick }: SaveProps) {
  return (
    <button
      type="button"
      className="btn btn-28"
      disabled={disabled}
      aria-label={what === undefined ? `Save ${label}` : `Save ${what} as ${label}`}
      onClick={onClick}
    >
      {label}
    </button>
  );
}
