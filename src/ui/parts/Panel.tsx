/** A white panel with its title, what it covers said quietly beside it, and an action at the right end. */
import { useId, type ReactNode } from 'react';

interface PanelProps {
  readonly title: ReactNode;
  readonly scope?: ReactNode;
  readonly end?: ReactNode;
  readonly className?: string;
  readonly testId?: string;
  readonly children: ReactNode;
}

export function Panel({ title, scope, end, className = '', testId, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id} data-testid={testId}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {scope !== undefined && <span className="scope">{scope}</span>}
        {end !== undefined && <div className="end">{end}</div>}
      </header>
      {children}
    </section>
  );
}
