/** Files the page can make: the recipe, and once there is an experiment its epochs and merges. */
import { useEffect, useRef, useState } from 'react';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { fileStem, saveFile } from '../parts/saveFile.ts';
import { usePage } from '../pageContext.ts';
import { useGetState, useStudio } from '../studioContext.ts';
import { epochsCsv, lossesCsv, mergesCsv } from '../../store/csv.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';

export function ExportMenu() {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const hasRecord = useStudio((state) => state.record !== null);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLButtonElement>('[role=menuitem]')?.focus();
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !(root.current?.contains(event.target) ?? false)) setOpen(false);
    };
    window.addEventListener('pointerdown', close);
    return () => window.removeEventListener('pointerdown', close);
  }, [open]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const items = [...(root.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape') {
      setOpen(false);
      root.current?.querySelector('button')?.focus();
    } else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items[(at - 1 + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div className="menu-root" ref={root} role="presentation" onKeyDown={open ? onKeyDown : undefined}>
      <button
        type="button"
        id="export"
        className="btn btn-bare btn-28"
        aria-haspopup="menu"
        aria-expanded={open}
        title="Save files (E)"
        onClick={() => setOpen(!open)}
      >
        <Icon name="save" />
        Export
      </button>
      {open && <Items hasRecord={hasRecord} close={() => setOpen(false)} />}
    </div>
  );
}

function Items({ hasRecord, close }: { hasRecord: boolean; close: () => void }) {
  const getState = useGetState();
  const { setDialog } = usePage();
  const saveRecipe = () => {
    const { recipe } = getState();
    saveFile(`${fileStem(recipe.name)}.recipe.json`, 'application/json', [`${JSON.stringify(recipe, null, 2)}\n`]);
  };
  const saveCsv = (what: 'epochs' | 'losses' | 'merges') => {
    const { record, trainedOn } = getState();
    if (record === null) return;
    const { recipe } = record.started;
    const titlesOf = (of: typeof record) => convolutionTitles(networkOf(of.started.recipe, trainedOn?.dataset ?? null));
    const parts = what === 'epochs' ? epochsCsv(record) : what === 'losses' ? lossesCsv(record) : mergesCsv(record, titlesOf);
    saveFile(`${fileStem(`${recipe.dataset.name} ${recipe.name}`)}.${what}.csv`, 'text/csv', parts);
  };
  const run = (action: () => void) => () => {
    close();
    action();
  };
  return (
    <div className="menu" role="menu" aria-label="Export">
      <Item
        icon="file"
        name="Recipe"
        format="JSON"
        about="Every setting; opens here, in a link and on the command line"
        onClick={run(saveRecipe)}
      />
      <Item
        icon="link"
        name="Link for a class"
        format="URL"
        about="The whole recipe; hides the settings you choose"
        onClick={run(() => setDialog('share'))}
      />
      {hasRecord && (
        <>
          <Item
            icon="save"
            name="Results"
            format="HTML, LaTeX, SVG …"
            about="Report, tables, figures, arrays, script, bundle"
            onClick={run(() => setDialog('export'))}
          />
          <Item
            icon="table"
            name="Epochs"
            format="CSV"
            about="One row per run and epoch"
            onClick={run(() => saveCsv('epochs'))}
          />
          <Item
            icon="training"
            name="Losses"
            format="CSV"
            about="One row per run and training step"
            onClick={run(() => saveCsv('losses'))}
          />
          <Item
            icon="merging"
            name="Merges"
            format="CSV"
            about="One row per accepted merge"
            onClick={run(() => saveCsv('merges'))}
          />
        </>
      )}
    </div>
  );
}

function Item({
  icon,
  name,
  format,
  about,
  onClick,
}: {
  icon: IconName;
  name: string;
  format: string;
  about: string;
  onClick: () => void;
}) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} onClick={onClick}>
      <Icon name={icon} />
      <span className="menu-name">{name}</span>
      <span className="q">{format}</span>
      <small>{about}</small>
    </button>
  );
}
