/** Each seed's pair of results and its difference, then mean, deviation and interval. */
import type { Results } from '../../store/comparison.ts';
import { pairedDifference, summarise, type PairedDifference } from '../../report/statistics.ts';
import { auc, aucDifference, points } from '../numbers.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';
import { useComparedTitle } from '../useComparedTitle.ts';

const accuracy = (value: number): string => (value * 100).toFixed(2);

export function SeedTable({ results }: { results: Results }) {
  const { seeds } = results;
  const merging = useComparedTitle();
  const values = seeds.flatMap((row) => [row.baseline.accuracy, row.inmerge.accuracy]);
  const low = Math.min(...values);
  const span = Math.max(1e-4, Math.max(...values) - low);
  const at = (value: number) => `${8 + (84 * (value - low)) / span}%`;
  const baseline = summarise(seeds.map((row) => row.baseline.accuracy));
  const inmerge = summarise(seeds.map((row) => row.inmerge.accuracy));
  const baselineAuc = summarise(seeds.flatMap((row) => row.baseline.auc ?? []));
  const inmergeAuc = summarise(seeds.flatMap((row) => row.inmerge.auc ?? []));
  const difference = pairedDifference(seeds.map((row) => ({ before: row.baseline.accuracy, after: row.inmerge.accuracy })));
  if (baseline === null || inmerge === null || difference === null)
    return <p className="panel-body q">No seed has both arms complete yet.</p>;
  return (
    <div className="table-scroll">
      <table className="table by-seed">
        <thead>
          <tr className="group">
            <td>&nbsp;</td>
            <th scope="colgroup" colSpan={4}>
              Accuracy, %
            </th>
            <th scope="colgroup" colSpan={3}>
              AUC
            </th>
          </tr>
          <ColumnHeads
            columns={[
              { title: 'Seed' },
              { title: 'Baseline', num: true, series: 'baseline' },
              { title: merging, num: true, series: 'inmerge' },
              { title: 'Both on one scale', drawn: 'dumbbell' },
              { title: 'Difference, pp', num: true },
              { title: 'Baseline', num: true, series: 'baseline' },
              { title: merging, num: true, series: 'inmerge' },
              { title: 'Difference', num: true },
            ]}
          />
        </thead>
        <tbody>
          {seeds.map((row) => (
            <tr key={row.seed} data-seed={row.seed}>
              <th scope="row">{row.seed}</th>
              <td className="num">{accuracy(row.baseline.accuracy)}</td>
              <td className="num">{accuracy(row.inmerge.accuracy)}</td>
              <td className="dumbbell">
                <svg role="img" aria-label="Both on one scale">
                  <line x1={at(row.baseline.accuracy)} x2={at(row.inmerge.accuracy)} y1="50%" y2="50%" />
                  <circle cx={at(row.baseline.accuracy)} cy="50%" r="4" />
                  <svg x={at(row.inmerge.accuracy)} y="50%" overflow="visible">
                    <rect x="-3.500" y="-3.500" width="7" height="7" />
                  </svg>
                </svg>
              </td>
              <td className="num">{points(row.inmerge.accuracy - row.baseline.accuracy, 2)}</td>
              <td className="num">{auc(row.baseline.auc)}</td>
              <td className="num">{auc(row.inmerge.auc)}</td>
              <td className="num">
                {row.baseline.auc === null || row.inmerge.auc === null ? '–' : aucDifference(row.inmerge.auc - row.baseline.auc)}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Mean ± std</th>
            <td className="num">
              {accuracy(baseline.mean)}
              {spread(baseline.std, 100, 2)}
            </td>
            <td className="num">
              {accuracy(inmerge.mean)}
              {spread(inmerge.std, 100, 2)}
            </td>
            <td>&nbsp;</td>
            <td className="num">
              {points(difference.mean, 2)}
              {spread(difference.std, 100, 2)}
            </td>
            <td className="num">{baselineAuc === null ? '–' : auc(baselineAuc.mean)}</td>
            <td className="num">{inmergeAuc === null ? '–' : auc(inmergeAuc.mean)}</td>
            <td className="num">{results.auc === null ? '–' : aucDifference(results.auc.mean)}</td>
          </tr>
          <tr>
            <th scope="row">95 % CI, paired t</th>
            <td>&nbsp;</td>
            <td>&nbsp;</td>
            <td>&nbsp;</td>
            <td className="num">{intervalText(difference, (value) => points(value, 2))}</td>
            <td>&nbsp;</td>
            <td>&nbsp;</td>
            <td className="num">{results.auc === null ? '–' : intervalText(results.auc, aucDifference)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

const spread = (std: number | null, scale: number, digits: number): string =>
  std === null ? '' : ` ± ${(std * scale).toFixed(digits)}`;

const intervalText = ({ interval }: PairedDifference, write: (value: number) => string): string =>
  interval === null ? 'needs two seeds' : `[${write(interval[0])}, ${write(interval[1])}]`;
