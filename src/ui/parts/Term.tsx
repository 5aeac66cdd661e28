/**
 * A word with its explanation: a dotted line under it, and on a press a small card with the formula and the paper. The card
 * stands at the end of the page, so that it may be used inside a sentence.
 */
import { useId, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { Symbols } from './Symbols.tsx';
import { paperLink, terms, type TermName, type TermText } from './terms.ts';

export function Term({ name, children }: { name: TermName; children: ReactNode }) {
  const id = useId();
  const card = useRef<HTMLDivElement>(null);
  const { title, text, formula, paper }: TermText = terms[name];
  return (
    <>
      <button
        type="button"
        className="term"
        popoverTarget={id}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const { style } = card.current ?? {};
          if (style === undefined) return;
          style.left = `${Math.max(8, Math.min(box.left, innerWidth - 328))}px`;
          // Below the word where there is room.
          const below = box.bottom + 220 < innerHeight;
          style.top = below ? `${box.bottom + 6}px` : 'auto';
          style.bottom = below ? 'auto' : `${innerHeight - box.top + 6}px`;
        }}
      >
        {children}
      </button>
      {createPortal(
        <div ref={card} id={id} popover="auto" className="term-card" role="note">
          <p className="b">
            <Symbols text={title} />
          </p>
          <p className="q2">
            <Symbols text={text} />
          </p>
          {formula !== undefined && <p className="formula">{formula}</p>}
          {paper !== undefined && (
            <p className="xs">
              <a href={paperLink(paper)} target="_blank" rel="noreferrer" className="link">
                In the paper: “{paper}”
              </a>
            </p>
          )}
        </div>,
        document.body,
      )}
    </>
  );
}
