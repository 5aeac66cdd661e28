/** A measurement as a table: who took how long for a step, and what the GPU could have done. */
import type { BenchReport, ContenderReport } from '../../bench/report.ts';
import { tileNames } from '../parts/tileNames.ts';

/** Three digits that count. */
const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3).replace(/\.?0+$/, '');

export function SpeedTable({ report }: { report: BenchReport }) {
  const [measured] = report.cases;
  if (measured === undefined) return null;
  const fastest = Math.min(...measured.contenders.map(({ ms }) => ms));
  return (
    <>
      <table className="speed-table">
        <thead>
          <tr>
            <th scope="col">Measured</th>
            <th scope="col">ms a step</th>
            <th scope="col">of fastest</th>
            <th scope="col">images/s</th>
            <th scope="col">GFLOP/s</th>
            <th scope="col">of peak</th>
            <th scope="col">dispatches</th>
            <th scope="col">losses</th>
          </tr>
        </thead>
        <tbody>
          {measured.contenders.map((each) => (
            <Row key={each.name} of={each} fastest={fastest} isReference={each.name === measured.reference} />
          ))}
        </tbody>
      </table>
      {measured.absent.map(({ name, why }) => (
        <p key={name} className="xs q">
          {name}: not measured, {why}.
        </p>
      ))}
      {measured.contenders.map(
        ({ name, tiles, what }) =>
          tiles !== undefined && (
            <p key={name} className="xs q" data-testid="speed-tiles">
              {what}: kernels cut as those of a run here, {tileNames(tiles)}.
            </p>
          ),
      )}
      <p className="xs q">
        {report.adapter === 'none' ? 'No GPU' : report.adapter}
        {report.probes !== null &&
          `; peak ${figure(report.probes.fmaGflops)} GFLOP/s and ${figure(report.probes.copyGigabytes)} GB/s, measured on it`}
        . Median of {measured.contenders[0]?.samples.length ?? 0} samples.
      </p>
    </>
  );
}

function Row({ of, fastest, isReference }: { of: ContenderReport; fastest: number; isReference: boolean }) {
  const verdict = isReference ? 'reference' : of.agrees ? 'agree' : 'differ: does not count';
  const offGpu = of.counts === null;
  return (
    <tr data-contender={of.name}>
      <th scope="row">{of.what}</th>
      <td>{figure(of.ms)}</td>
      <td>{figure(of.ms / fastest)} ×</td>
      <td>{figure(of.imagesPerSecond)}</td>
      <td>{figure(of.gflops)}</td>
      <td>{of.percentOfFma === null || offGpu ? '–' : `${figure(of.percentOfFma)} %`}</td>
      <td>{of.counts === null ? '–' : figure(of.counts.dispatches)}</td>
      <td>{verdict}</td>
    </tr>
  );
}
