/** Found against expected, row by row; only what was found is red. */
import type { ErrorDetail } from '../../base/errors.ts';
import { Name } from '../parts/Name.tsx';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

export function DetailTable({ details, where = 'Where' }: { details: readonly ErrorDetail[]; where?: string }) {
  return (
    <table className="table details">
      <thead>
        <ColumnHeads columns={[{ title: where }, { title: 'Found' }, { title: 'Expected' }]} />
      </thead>
      <tbody>
        {details.map((detail, k) => (
          <tr key={k}>
            <td className="mono">
              <Name text={detail.where} longest={36} />
            </td>
            <td className="mono found">
              <Name text={detail.found} longest={44} />
            </td>
            <td className="mono">
              <Name text={detail.expected} longest={60} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
