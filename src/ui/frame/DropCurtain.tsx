/** Lets a file drop anywhere on the page, and says so while one is held over it. */
import { useEffect, useState } from 'react';
import { useActions } from '../studioContext.ts';

export function DropCurtain() {
  const { openFile, openResults, tell } = useActions();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const openFolder = async (folder: FileSystemEntry) => {
      const { resultsIn, resultsName } = await import('./resultsInFolder.ts');
      const found = await resultsIn(folder).catch(() => []);
      const [first] = found;
      if (first !== undefined && found.length === 1) openResults(first.file, first.weights);
      else if (first !== undefined)
        tell(`Nothing was opened: ${folder.name} holds the results of ${found.length} experiments. Drop one of its folders.`);
      else
        tell(
          `Nothing was opened: there is no ${resultsName} in the folder ${folder.name}. Drop a dataset (.npz), a recipe (.json) or a folder of results.`,
        );
    };
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth++;
      setOver(true);
    };
    const move = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      // Entries must be asked for before the event is over.
      const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
      const files = [...(event.dataTransfer?.files ?? [])];
      const folder = entries.find((entry) => entry?.isDirectory === true);
      const [file] = files;
      if (files.length > 1) tell(`Nothing was opened: ${files.length} files were dropped. Drop one at a time.`);
      else if (folder) void openFolder(folder);
      else if (file !== undefined) void openFile(file);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragover', move);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragover', move);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [openFile, openResults, tell]);
  return over ? (
    <div className="curtain" aria-hidden="true">
      <p>Drop to open</p>
      <span>
        a MedMNIST .npz, a recipe .json, start weights (.safetensors), or results (.inmerge.zip, experiment.inmerge or its folder)
      </span>
    </div>
  ) : null;
}
