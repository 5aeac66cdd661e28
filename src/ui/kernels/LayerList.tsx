/** The convolutions, with what merged in each; the chosen one's similarities are computed after each epoch. */
import { merging } from '../../store/merging.ts';
import { integer, similarity } from '../numbers.ts';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';

export function LayerList({ titles }: { titles: readonly string[] }) {
  const record = useStudio((state) => state.record);
  const watched = useStudio((state) => state.selection.layer);
  const { select } = useActions();
  const counts = useFromRecord(merging);
  if (record === null || counts === null) return null;
  const merged = new Map(counts.layers.map((layer) => [layer.layer, layer]));
  return (
    <nav className="layers" aria-label="Layers">
      <header className="kernels-head">
        <h2>Layers</h2>
        <span className="scope end">merges, highest tried</span>
      </header>
      <ul>
        {titles.map((title, index) => {
          const layer = merged.get(index);
          const firstOfBlock = index > 0 && title.split('_')[0] !== titles[index - 1]?.split('_')[0];
          return (
            <li key={title} className={firstOfBlock ? 'first' : undefined}>
              <button
                type="button"
                aria-current={index === watched}
                className={layer === undefined ? 'off' : undefined}
                onClick={() => select({ layer: index })}
              >
                <span>{title}</span>
                {layer === undefined ? (
                  <span className="skipped">skipped</span>
                ) : (
                  <>
                    <span className="num">{layer.tried === 0 ? '–' : integer(layer.merged)}</span>
                    <span className="num q">{similarity(layer.highest)}</span>
                  </>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
