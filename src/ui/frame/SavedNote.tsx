/** When the experiment was saved last: quiet, and in steps that do not tick. */
import { useEffect, useState } from 'react';
import { ago, bytes } from '../numbers.ts';
import { useStudio } from '../studioContext.ts';

const refreshMs = 10_000;

export function SavedNote() {
  const saved = useStudio((state) => state.saved);
  const ended = useStudio((state) => state.ended !== null);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (saved === null || ended) return;
    const timer = setInterval(() => setNow(Date.now()), refreshMs);
    return () => clearInterval(timer);
  }, [saved, ended]);
  if (saved === null) return null;
  return (
    <span data-testid="saved" data-saved-at={saved.at} title="An interruption loses only what came after the last save">
      Saved {ended ? 'in this browser' : ago(Math.max(0, now - saved.at))}, {bytes(saved.bytes)}
    </span>
  );
}
