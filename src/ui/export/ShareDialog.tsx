/** A link for others: the whole recipe, and which settings stand hidden when it is opened. */
import { useEffect, useState } from 'react';
import { basesOf } from '../../recipe/bases.ts';
import { hidable, type Hidable } from '../../store/hidden.ts';
import { pageLink } from '../address.ts';
import { CopyButton } from '../parts/CopyButton.tsx';
import { plural } from '../numbers.ts';
import { Modal } from '../parts/Modal.tsx';
import { useGetState, useStudio } from '../studioContext.ts';

const names: Readonly<Record<Hidable, string>> = {
  presets: 'Preset',
  data: 'Data',
  network: 'Network',
  training: 'Training',
  merging: 'Merging',
};

export default function ShareDialog({ onClose }: { onClose: () => void }) {
  const getState = useGetState();
  const [hidden, setHidden] = useState<readonly Hidable[]>([]);
  const [link, setLink] = useState('');
  const files = useStudio((state) => basesOf(state.recipe).filter(({ start }) => start.from === 'file').length);
  useEffect(() => {
    let current = true;
    void pageLink({ ...getState(), hidden }).then((made) => {
      if (current) setLink(made);
    });
    return () => {
      current = false;
    };
  }, [getState, hidden]);
  const toggle = (name: Hidable) =>
    setHidden(hidable.filter((each) => (each === name ? !hidden.includes(name) : hidden.includes(each))));
  return (
    <Modal title="Link for a class" onClose={onClose}>
      <div className="modal-body" data-testid="share">
        <p className="q2">
          The link holds the whole recipe and no data. Settings that are hidden keep their values; whoever opens it can show them
          again.
          {files > 0 &&
            ` It names ${plural(files, 'file')} of start weights and holds none: whoever opens it needs to have them.`}
        </p>
        <fieldset className="share-hides">
          <legend>Hide</legend>
          {hidable.map((name) => (
            <label key={name}>
              <input type="checkbox" checked={hidden.includes(name)} onChange={() => toggle(name)} />
              {names[name]}
            </label>
          ))}
        </fieldset>
        <input type="text" readOnly value={link} aria-label="Link" onFocus={(event) => event.target.select()} />
        <div className="modal-actions">
          <CopyButton label="Copy link" text={() => link} />
        </div>
      </div>
    </Modal>
  );
}
