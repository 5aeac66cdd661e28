/** Copies a text and says so for two seconds; where the clipboard is closed, it says that instead. */
import { useEffect, useState } from 'react';
import { Icon } from './Icon.tsx';

export function CopyButton({ text, label = 'Copy' }: { text: () => string; label?: string }) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    navigator.clipboard.writeText(text()).then(
      () => setSaid('Copied'),
      () => setSaid('Clipboard is closed'),
    );
  };
  return (
    <button type="button" className="btn btn-28" onClick={copy}>
      <Icon name={said === 'Copied' ? 'ok' : 'copy'} />
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
