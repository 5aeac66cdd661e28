/** Start weights at one place of the recipe: drawn, or from a file, with what of it the network takes. */
import { useEffect, useRef, useState } from 'react';
import type { StudioErrorData } from '../../base/errors.ts';
import { startTitle, type StartSettings } from '../../recipe/bases.ts';
import type { NetworkSettings } from '../../recipe/recipe.ts';
import { networkOf } from '../../store/networkView.ts';
import { shortDigest, type FileStart, type StartPlace } from '../../store/startFiles.ts';
import type { WeightsFit } from '../../worker/archiveProtocol.ts';
import { bytes, plural } from '../numbers.ts';
import { FileInput } from '../parts/FileInput.tsx';
import { Name } from '../parts/Name.tsx';
import { useActions, useArchive, useStudio } from '../studioContext.ts';
import '../styles/sweep.css';

interface StartChoiceProps {
  readonly place: StartPlace;
  /** Absent for a swept network without start weights of its own. */
  readonly start: StartSettings | undefined;
  readonly network: NetworkSettings;
}

export default function StartChoice({ place, start, network }: StartChoiceProps) {
  const { giveWeights, setStart } = useActions();
  const picker = useRef<HTMLInputElement>(null);
  const file = start?.from === 'file' ? start : null;
  return (
    <div className="start-choice" data-testid="start-choice" data-start={start?.from ?? 'shared'}>
      {file !== null && <FileFacts file={file} network={network} />}
      <p className="start-buttons">
        <button type="button" className="link" onClick={() => picker.current?.click()}>
          {file === null ? 'Start from a file …' : 'Another file …'}
        </button>
        {file !== null && (
          <button type="button" className="link" onClick={() => void setStart(place, null)}>
            {place.of === 'network' ? 'None of its own' : 'Draw them instead'}
          </button>
        )}
      </p>
      <FileInput
        picker={picker}
        label={`Start weights (.safetensors)${place.of === 'network' ? `, network ${place.at + 1}` : ''}`}
        testId={place.of === 'network' ? `weights-${place.at}` : `weights-${place.of}`}
        accept=".safetensors"
        onFile={(chosen) => void giveWeights(chosen, place)}
      />
    </div>
  );
}

/** Name, size and digest of a file, and what of it fits the network. */
export function FileFacts({ file, network }: { file: FileStart; network: NetworkSettings | null }) {
  const known = useStudio((state) => state.startFiles[file.sha256 ?? '']);
  const here = known?.at === 'here';
  return (
    <div className="start-file">
      <p>
        <Name text={startTitle(file)} longest={30} />
      </p>
      <p className="q">
        {here && known.bytes !== null && `${bytes(known.bytes)}, `}
        {file.sha256 === null ? 'any file of this name' : <>SHA-256 {shortDigest(file.sha256)}</>}
      </p>
      {known?.at === 'lacking' || known === undefined ? (
        <p className="field-problem" role="alert">
          This file is not here: drop it on the page.
        </p>
      ) : (
        here && network !== null && <Fit file={file} network={network} />
      )}
    </div>
  );
}

type Answer = { readonly fit: WeightsFit | null } | { readonly refusal: StudioErrorData };

/** Asked of the worker, which reads the head of the file and none of its numbers. */
function Fit({ file: { name, sha256 }, network }: { file: FileStart; network: NetworkSettings }) {
  const archive = useArchive();
  const dataset = useStudio((state) => state.dataset);
  const recipe = useStudio((state) => state.recipe);
  const question =
    dataset === null || sha256 === null
      ? null
      : JSON.stringify({ sha256, network, input: networkOf(recipe, dataset).input, classes: dataset.classNames.length });
  const [told, setTold] = useState<{ readonly question: string; readonly answer: Answer } | null>(null);
  useEffect(() => {
    if (question === null) return undefined;
    let wanted = true;
    const asked = JSON.parse(question) as Omit<Parameters<typeof archive.ask>[0] & { what: 'fit-weights' }, 'what' | 'name'>;
    void archive.ask({ what: 'fit-weights', name, ...asked }).then((found) => {
      if (wanted) setTold({ question, answer: 'refusal' in found ? found : { fit: found.answer.fit } });
    });
    return () => {
      wanted = false;
    };
  }, [archive, name, question]);
  if (question === null) return <p className="q">With a dataset open, what of it fits is told here.</p>;
  if (told?.question !== question) return <p className="q">Looking into it …</p>;
  if ('refusal' in told.answer) return <Refused problem={told.answer.refusal} />;
  const { fit } = told.answer;
  if (fit === null) return null;
  return (
    <p className="start-fit" data-testid="weights-fit" data-taken={fit.taken} data-drawn={fit.drawn.length}>
      {fit.drawn.length === 0
        ? `All ${plural(fit.taken, 'array')} are taken.`
        : `${plural(fit.taken, 'array')} are taken; ${fit.drawn.join(' and ')} are drawn, since its classes are others.`}
    </p>
  );
}

/** Most arrays that are listed. */
const mostListed = 4;

function Refused({ problem: { message, remedy, details = [] } }: { problem: StudioErrorData }) {
  return (
    <div className="start-refused" role="alert" data-testid="weights-refused">
      <p className="field-problem">{message}</p>
      {details.length > 1 && (
        <ul className="xs">
          {details.slice(0, mostListed).map(({ where, found, expected }) => (
            <li key={where}>
              <b>{where}</b>
              <br />
              found {found}, expected {expected}
            </li>
          ))}
        </ul>
      )}
      {details.length > mostListed && <p className="xs q">and {details.length - mostListed} more</p>}
      <p className="xs">{remedy}</p>
    </div>
  );
}
