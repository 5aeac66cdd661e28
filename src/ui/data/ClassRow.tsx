/** One class: its name and share, its first images, and its images per split on one scale. */
import { memo } from 'react';
import type { DatasetSummary } from '../../data/dataset.ts';
import { integer, percent } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';
import { Thumbnails } from './Thumbnails.tsx';

interface ClassRowProps {
  readonly index: number;
  readonly name: string;
  /** train, val, test; null where the dataset has no such split. */
  readonly counts: readonly (number | null)[];
  readonly trainImages: number;
  /** The longest bar's number of images. */
  readonly most: number;
  readonly thumbnails: DatasetSummary['thumbnails'][number] | null;
}

const splits = ['train', 'val', 'test'] as const;

export const ClassRow = memo(function ClassRow({ index, name, counts, trainImages, most, thumbnails }: ClassRowProps) {
  return (
    <li className="class-row">
      <div className="class-name">
        <span className="q xs">{index}</span>
        <Name text={name} longest={30} />
        <span className="xs q class-share">{percent((counts[0] ?? 0) / Math.max(1, trainImages))} of train</span>
      </div>
      {thumbnails === null ? (
        <span className="q xs">no training image</span>
      ) : (
        <Thumbnails thumbnails={thumbnails} label={`First training images of class ${index}`} />
      )}
      <dl className="splits">
        {splits.map((split, k) => {
          const count = counts[k];
          return count === null || count === undefined ? null : (
            <div key={split}>
              <dt>{split}</dt>
              <dd className="splits-bar" aria-hidden="true">
                <i style={{ width: `${(count / most) * 100}%` }} />
              </dd>
              <dd>{integer(count)}</dd>
            </div>
          );
        })}
      </dl>
    </li>
  );
});
