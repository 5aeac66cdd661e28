/** What the browser holds and would hold, whether it promises to keep it, and all of it as one file out and in. */
import { useEffect, useRef, useState } from 'react';
import type { StorageUse } from '../../store/archive.ts';
import { bytes, plural } from '../numbers.ts';
import { saveBlob } from '../parts/saveFile.ts';
import { useActions, useArchive, useStudio } from '../studioContext.ts';
import { FileInput } from '../parts/FileInput.tsx';

export default function StorageFoot({ busy }: { busy: boolean }) {
  const archive = useArchive();
  const past = useStudio((state) => state.past);
  const stored = useStudio((state) => state.stored);
  const { tell, refuse } = useActions();
  const [use, setUse] = useState<StorageUse | null>(null);
  const [working, setWorking] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let shown = true;
    void archive.storageUse().then((found) => {
      if (shown) setUse(found);
    });
    return () => {
      shown = false;
    };
  }, [archive, past]);

  const backUp = async () => {
    setWorking(true);
    const told = await archive.ask({ what: 'back-up' });
    setWorking(false);
    if ('refusal' in told) return refuse('The experiments were not backed up', told.refusal);
    saveBlob(`experiments-${new Date().toISOString().slice(0, 10)}.inmerge-backup`, told.answer.file);
    tell(`${plural(told.answer.experiments, 'experiment')} backed up: one file of ${bytes(told.answer.file.size)}.`);
  };
  const restore = async (file: File) => {
    setWorking(true);
    const told = await archive.ask({ what: 'restore', file });
    setWorking(false);
    if ('refusal' in told) return refuse(`${file.name} was not restored`, told.refusal);
    const { added, present } = told.answer;
    tell(
      `${plural(added, 'experiment')} restored${present > 0 ? `; ${present} stood here already and stayed as they were` : ''}.`,
    );
  };
  const keep = async () => {
    if (!(await archive.keepStorage())) tell('The browser does not promise to keep this page’s data. A backup does.');
    setUse(await archive.storageUse());
  };

  const any = (past?.length ?? 0) > 0;
  return (
    <div className="past-foot" data-testid="storage" data-bytes={stored?.bytes}>
      {use !== null && stored !== null && (
        <p>
          {bytes(stored.bytes)} in this browser
          {stored.sharedBytes > 0 && `, ${bytes(stored.sharedBytes)} of it shared by experiments,`} of {bytes(use.quotaBytes)}{' '}
          allowed
          {any && (use.persisted ? '; kept for good' : '; may be cleared')}
        </p>
      )}
      <p className="past-foot-actions">
        {any && (
          <button type="button" className="link" disabled={busy || working} onClick={() => void backUp()}>
            Back up
          </button>
        )}
        <button type="button" className="link" disabled={busy || working} onClick={() => picker.current?.click()}>
          Restore
        </button>
        {any && use !== null && !use.persisted && (
          <button
            type="button"
            className="link"
            title="Asks the browser not to clear this page’s data when the disk is full"
            onClick={() => void keep()}
          >
            Keep for good
          </button>
        )}
      </p>
      <FileInput
        picker={picker}
        label="Backup (.inmerge-backup)"
        testId="backup-file"
        accept=".inmerge-backup"
        onFile={(file) => void restore(file)}
      />
    </div>
  );
}
