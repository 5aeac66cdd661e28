/** The list of keys, and the switch that turns single keys off. */
import { Modal } from '../parts/Modal.tsx';
import { setSingleKeys, useSingleKeys } from './singleKeys.ts';

const keys: readonly (readonly [string, string])[] = [
  ['Space', 'pause, resume'],
  ['1 to 6', 'Data, Compare, Kernels, Merges, Results, Predictions'],
  ['O', 'open a dataset or a recipe'],
  ['S', 'copy a link to this recipe'],
  ['E', 'export'],
  ['R', 'rename the recipe'],
  ['T', 'light or dark'],
  ['↑ ↓', 'layer, on Kernels'],
  ['← →', 'epoch, on Kernels; Shift for ten'],
  ['J K', 'next and previous pair, on Kernels and step by step'],
  ['M G', 'merge step and gradient step, step by step'],
  ['[ ]', 'explore τ down and up by 0.01, on Kernels'],
  ['Esc', 'close a menu, leave τ exploration'],
  ['?', 'this list'],
];

export function KeyList({ onClose }: { onClose: () => void }) {
  const on = useSingleKeys();
  return (
    <Modal title="Keys" onClose={onClose}>
      <div className="modal-body">
        <dl className="keys">
          {keys.map(([key, action]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{action}</dd>
            </div>
          ))}
        </dl>
        <label className="switch-row">
          <input type="checkbox" checked={on} onChange={(event) => setSingleKeys(event.target.checked)} />
          Single keys act on the page
        </label>
      </div>
    </Modal>
  );
}
