/** The recipe as JSON, to read, copy or save. */
import { CopyButton } from '../parts/CopyButton.tsx';
import { Modal } from '../parts/Modal.tsx';
import { Icon } from '../parts/Icon.tsx';
import { fileStem, saveFile } from '../parts/saveFile.ts';
import { useStudio } from '../studioContext.ts';

export function RecipeJson({ onClose }: { onClose: () => void }) {
  const recipe = useStudio((state) => state.recipe);
  const text = `${JSON.stringify(recipe, null, 2)}\n`;
  return (
    <Modal title="Recipe as JSON" onClose={onClose} wide>
      <div className="modal-body">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key */}
        <pre className="json" tabIndex={0} data-testid="recipe-json">
          {text}
        </pre>
        <div className="modal-actions">
          <span className="q grow">Drop such a file on the page to load it.</span>
          <CopyButton text={() => text} />
          <button
            type="button"
            className="btn btn-28"
            onClick={() => saveFile(`${fileStem(recipe.name)}.recipe.json`, 'application/json', [text])}
          >
            <Icon name="save" />
            Save recipe
          </button>
        </div>
      </div>
    </Modal>
  );
}
