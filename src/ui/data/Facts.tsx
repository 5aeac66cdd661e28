/** What the dataset is, in figures: task, image, splits, file, hashes, source, licence. */
import type { DatasetSummary } from '../../data/dataset.ts';
import { bytes, integer, plural } from '../numbers.ts';
import { CopyButton } from '../parts/CopyButton.tsx';
import { Name } from '../parts/Name.tsx';

const tasks: Readonly<Record<DatasetSummary['task'], string>> = {
  'multi-class': 'one label each',
  'binary-class': 'two classes, one label each',
  'multi-label': 'several labels each',
  'ordinal-regression': 'ordered classes',
};

export function Facts({ dataset }: { dataset: DatasetSummary }) {
  const { counts, match } = dataset;
  return (
    <dl className="facts">
      <dt>Task</dt>
      <dd>
        {dataset.task === 'binary-class' ? '' : `${plural(dataset.classNames.length, 'class', 'classes')}, `}
        {tasks[dataset.task]}
      </dd>
      <dt>Image</dt>
      <dd>
        {dataset.height} × {dataset.width} × {dataset.channels}, 8 bit
      </dd>
      <dt>Train / val / test</dt>
      <dd>{[counts.train, counts.val, counts.test].map((count) => (count === null ? 'none' : integer(count))).join(' / ')}</dd>
      {dataset.fileBytes !== null && (
        <>
          <dt>File</dt>
          <dd>{bytes(dataset.fileBytes)}</dd>
        </>
      )}
      <dt>SHA-256</dt>
      <dd className="hash">
        <code title={dataset.sha256}>
          {dataset.sha256.slice(0, 8)}…{dataset.sha256.slice(-4)}
        </code>
        <CopyButton text={() => dataset.sha256} />
      </dd>
      {dataset.md5 !== null && (
        <>
          <dt>MD5</dt>
          <dd>
            <code title={dataset.md5}>
              {dataset.md5.slice(0, 8)}…{dataset.md5.slice(-4)}
            </code>
          </dd>
        </>
      )}
      <dt>Matches</dt>
      <dd data-testid="match">
        {dataset.synthetic
          ? 'drawn here, not a published set'
          : match === 'official'
            ? 'official MedMNIST file, by MD5'
            : match === 'same-shape'
              ? 'shapes of a MedMNIST set, other bytes'
              : 'no known set'}
      </dd>
      {dataset.source !== null && (
        <>
          <dt>Source</dt>
          <dd>
            <Name text={dataset.source} longest={44} />
          </dd>
        </>
      )}
      <dt>Licence</dt>
      <dd>
        {dataset.licence === null ? (
          dataset.synthetic ? (
            'none needed'
          ) : (
            'not stated in the file'
          )
        ) : (
          <Name text={dataset.licence} longest={32} />
        )}
      </dd>
    </dl>
  );
}
