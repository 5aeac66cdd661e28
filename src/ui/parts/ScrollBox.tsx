/** A part of a panel that scrolls by itself, and can be reached and scrolled by key. */
import type { ReactNode } from 'react';

export function ScrollBox({ className, label, children }: { className: string; label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div className={className} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
