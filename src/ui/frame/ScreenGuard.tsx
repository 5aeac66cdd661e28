/** Keeps the frame alive where a screen could not be drawn: training goes on in its own thread, and the user is told. */
import { Component, type ReactNode } from 'react';

interface Guarded {
  readonly children: ReactNode;
  /** A dialog leaves the screen below where it is. */
  readonly dialog?: boolean;
}

export class ScreenGuard extends Component<Guarded, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null };

  static getDerivedStateFromError(thrown: unknown): { message: string } {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  /** Each screen begins at its top, wherever the one before was left. */
  override componentDidMount(): void {
    if (this.props.dialog !== true) document.querySelector('.screen')?.scrollTo(0, 0);
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <div className="pad">
        <section className="panel results-wait" role="alert">
          {isUnloaded(this.state.message) ? (
            <>
              <p className="b">This part of the page could not be loaded</p>
              <p className="q2">
                The studio behind this address was updated, or cannot be reached. Training goes on and saves itself. Let it end
                first, then reload the page: an updated studio opens what was saved, but does not resume it.
              </p>
            </>
          ) : (
            <>
              <p className="b">This screen could not be drawn</p>
              <p className="q2">
                {this.state.message}. It is a fault of the studio; training goes on. Choose another tab, or save the epochs with
                Export and reload the page.
              </p>
            </>
          )}
        </section>
      </div>
    );
  }
}

/** What browsers and Vite say where a script or style that loads late is not there. */
const isUnloaded = (message: string): boolean => /dynamically imported|importing a module|preload/i.test(message);
