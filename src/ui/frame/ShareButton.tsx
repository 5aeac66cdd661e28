/** Copies a link that holds the whole recipe, and the view where one is open. */
import { useState } from 'react';
import { pageLink } from '../address.ts';
import { Icon } from '../parts/Icon.tsx';
import { useActions, useGetState } from '../studioContext.ts';

export function useShare(): { share: () => void; copied: boolean } {
  const getState = useGetState();
  const { tell } = useActions();
  const [copied, setCopied] = useState(false);
  const share = () => {
    void pageLink(getState()).then(async (link) => {
      history.replaceState(null, '', link);
      try {
        await navigator.clipboard.writeText(link);
        setCopied(true);
        setTimeout(() => setCopied(false), 2000);
      } catch {
        tell('The clipboard is closed to this page. The link stands in the address bar: copy it from there.');
      }
    });
  };
  return { share, copied };
}

export function ShareButton() {
  const { share, copied } = useShare();
  return (
    <button type="button" id="share" className="btn btn-bare btn-28 share" title="Copy a link to this recipe (S)" onClick={share}>
      <Icon name={copied ? 'ok' : 'link'} />
      <span aria-live="polite">{copied ? 'Copied' : 'Share'}</span>
    </button>
  );
}
