/** Test images, the clearest mistakes first, page by page; each with the truth and what both arms said. */
import { useMemo, useState } from 'react';
import type { ChosenCell, GalleryFilter, Predictions } from '../../store/predictions.ts';
import { ProblemCard } from '../data/ProblemCard.tsx';
import { integer } from '../numbers.ts';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/Icon.tsx';
import { shortName } from '../parts/Name.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useSize } from '../useSize.ts';
import { Tile } from './Tile.tsx';
import { useTestImages } from './useTestImages.ts';

interface GalleryProps {
  readonly predictions: Predictions;
  readonly images: Uint32Array;
  readonly filter: GalleryFilter;
  readonly onFilter: (filter: GalleryFilter) => void;
  readonly cell: ChosenCell | null;
  readonly onAll: () => void;
  readonly chosen: number | null;
  readonly onChoose: (position: number) => void;
}

const rows = 4;
/** Least width of a tile and the gap between two, as in the style sheet. */
const tileWidth = 196;
const gap = 8;

export function Gallery({ predictions, images, filter, onFilter, cell, onAll, chosen, onChoose }: GalleryProps) {
  const { split, arms } = predictions;
  const { chooseFile } = usePage();
  const [size, ref] = useSize();
  const perPage = rows * Math.max(1, Math.floor(((size?.width ?? 780) + gap) / (tileWidth + gap)));
  const [first, setFirst] = useState(0);
  const from = Math.min(first, Math.max(0, images.length - 1));
  const page = useMemo(() => images.slice(from, from + perPage), [images, from, perPage]);
  const { pixels, refusal } = useTestImages(split, page);
  const [one, two] = arms;
  return (
    <Panel
      title="Images"
      testId="gallery"
      className="gallery"
      scope={
        cell === null ? 'clearest mistakes first' : <span title={cellText(predictions, cell)}>{cellText(predictions, cell)}</span>
      }
      end={
        cell === null ? (
          <label className="filter">
            <span className="vh">Images shown</span>
            <select value={filter} onChange={(event) => onFilter(event.target.value as GalleryFilter)}>
              <option value="wrong">Wrong by either</option>
              {two !== undefined && (
                <>
                  <option value="only-first">Wrong by {one?.title} alone</option>
                  <option value="only-second">Wrong by {two.title} alone</option>
                  <option value="both">Wrong by both</option>
                </>
              )}
              <option value="all">All test images</option>
            </select>
          </label>
        ) : (
          <button type="button" className="link" onClick={onAll}>
            Leave this cell
          </button>
        )
      }
    >
      <div className="panel-body gallery-body" ref={ref}>
        {refusal !== null && (
          <div className="gallery-refusal">
            <ProblemCard problem={refusal} />
            {refusal.code === 'dataset-gone' && (
              <button type="button" className="btn btn-28" onClick={chooseFile}>
                Choose the file
              </button>
            )}
          </div>
        )}
        {images.length === 0 ? (
          <p className="sm q">
            {cell === null ? 'No image: there is nothing of this kind.' : 'No image stands in this cell for one arm alone.'}
          </p>
        ) : (
          <ul className="gallery-tiles">
            {[...page].map((position) => (
              <li key={position}>
                <Tile
                  split={split}
                  arms={arms}
                  position={position}
                  image={pixels.get(position) ?? null}
                  chosen={position === chosen}
                  onChoose={onChoose}
                />
              </li>
            ))}
          </ul>
        )}
        {images.length > perPage && (
          <div className="pager">
            <button
              type="button"
              className="btn btn-28"
              disabled={from === 0}
              aria-label="Images before these"
              onClick={() => setFirst(Math.max(0, from - perPage))}
            >
              <span className="back">
                <Icon name="next" />
              </span>
            </button>
            <span className="sm q2" aria-live="polite">
              {integer(from + 1)} to {integer(Math.min(images.length, from + perPage))} of {integer(images.length)}
            </span>
            <button
              type="button"
              className="btn btn-28"
              disabled={from + perPage >= images.length}
              aria-label="Images after these"
              onClick={() => setFirst(from + perPage)}
            >
              <Icon name="next" />
            </button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function cellText({ split, arms }: Predictions, { of, row, column }: ChosenCell): string {
  const name = (k: number) => shortName(split.classNames[k] ?? '', 24);
  const said =
    split.task === 'multi-label'
      ? `${name(row)}: ${['there, reported', 'there, missed', 'absent, reported', 'absent, not reported'][column]}`
      : row === column
        ? `${name(row)}, recognised`
        : `${name(row)} taken for ${name(column)}`;
  return of === 'difference' ? `${said}, by one arm alone` : `${said}, by ${arms[of === 'first' ? 0 : 1]?.title}`;
}
