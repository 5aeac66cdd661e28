/** Lets a file drop anywhere on the page, and says so while one is held over it. */
import { useEffect, useState } from 'react';
import { useActions } from '../studioContext.ts';

export function DropCurtain() {
  const { openFile, tell } = useActions();
  const [over, setOver] = useState(false);
  useEffect(() => {
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
      const items = [...(event.dataTransfer?.items ?? [])];
      const files = [...(event.dataTransfer?.files ?? [])];
      const folder = items.some((item) => item.webkitGetAsEntry()?.isDirectory ?? false);
      const [file] = files;
      if (folder) tell('Nothing was opened: a folder was dropped. Drop one .npz file, or a recipe (.json).');
      else if (files.length > 1)
        tell(`Nothing was opened: ${files.length} files were dropped. Drop one .npz file, or one recipe (.json).`);
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
  }, [openFile, tell]);
  return over ? (
    <div className="curtain" aria-hidden="true">
      <p>Drop to open</p>
      <span>a MedMNIST .npz, or a recipe .json</span>
    </div>
  ) : null;
}
