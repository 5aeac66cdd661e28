/** One merge step: per layer the coins that fell, the pairs that were tried and which passed; and one pair from coin to blend. */
import { useCallback, useEffect, useMemo } from 'react';
import type { LayerMergeReport, MergeStepReport, StepCopy } from '../../experiment/stepReports.ts';
import { cosine, integer, plural, similarity } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { singleKeysOn } from '../frame/singleKeys.ts';
import { typesInto } from '../frame/useKeys.ts';
import { useActions, useStudio } from '../studioContext.ts';
import { Coins } from './Coins.tsx';
import { PairWalk, walkStages } from './PairWalk.tsx';
import { SlowSteps } from './SlowSteps.tsx';
import { countsOf, triedOf } from './tried.ts';
import { useSlow } from './useSlow.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

interface MergeStepProps {
  readonly report: MergeStepReport;
  readonly copy: StepCopy;
  readonly titles: readonly string[];
}

export function MergeStep({ report, copy, titles }: MergeStepProps) {
  const chosen = useStudio((state) => state.selection.layer);
  const layer = report.layers.find((each) => each.layer === chosen) ?? report.layers.at(-1);
  const { select } = useActions();
  if (layer === undefined) {
    return (
      <section className="panel steps-start">
        <p className="panel-body q2">
          No layer merges in this recipe: the first layer that merges is beyond the last convolution.
        </p>
      </section>
    );
  }
  return (
    <>
      <Panel title={`Merge step ${integer(report.step + 1)}`} scope="by layer" className="step-layers" testId="merge-step">
        <div className="step-scroll">
          <table className="table">
            <thead>
              <ColumnHeads columns={[{ title: 'Layer' }, { title: 'Coins fell', num: true }, { title: 'Merged', num: true }]} />
            </thead>
            <tbody>
              {report.layers.map((each) => {
                const { tried, merged } = countsOf(each);
                return (
                  <tr key={each.layer} className={each.layer === layer.layer ? 'chosen' : undefined}>
                    <td>
                      <button
                        type="button"
                        className="pair-button"
                        aria-pressed={each.layer === layer.layer}
                        onClick={() => select({ layer: each.layer })}
                      >
                        {titles[each.layer] ?? each.layer}
                      </button>
                    </td>
                    <td className="num">
                      {integer(tried)} <span className="q">of {integer(each.kernels)}</span>
                    </td>
                    <td className="num">{integer(merged)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </Panel>
      <OneLayer key={`${report.step} ${layer.layer}`} layer={layer} copy={copy} title={titles[layer.layer] ?? `${layer.layer}`} />
    </>
  );
}

function OneLayer({ layer, copy, title }: { layer: LayerMergeReport; copy: StepCopy; title: string }) {
  const kernels = useStudio((state) => state.selection.kernels);
  const { select } = useActions();
  const tried = useMemo(() => triedOf(layer), [layer]);
  const { merged } = countsOf(layer);
  // The selected pair where it was tried, else the first that merged, else the first.
  const asSelected = tried.findIndex(({ i, j }) => kernels.length <= 2 && i === kernels[0] && (kernels[1] ?? j) === j);
  const first = tried.findIndex((pair) => pair.merged);
  const at = asSelected >= 0 ? asSelected : Math.max(0, first);
  const pair = tried[at];
  const pick = useCallback(
    (to: number) => {
      const next = tried[to];
      if (next !== undefined) select({ layer: layer.layer, kernels: [next.i, next.j] });
      return next !== undefined;
    },
    [tried, layer, select],
  );
  const onEnd = useCallback(() => pick(at + 1), [pick, at]);
  const slow = useSlow(walkStages, pair === undefined ? 'none' : `${pair.i}`, onEnd);
  const { stop } = slow;

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!singleKeysOn() || event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === 'j') pick(Math.min(tried.length - 1, at + 1));
      else if (key === 'k') pick(Math.max(0, at - 1));
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [at, pick, tried.length]);

  return (
    <>
      <Panel
        title={title}
        scope={
          <>
            {tried.length} of {plural(layer.kernels, 'coin')} below p {copy.p.toFixed(2)}; {integer(merged)} of{' '}
            {integer(tried.length)} {copy.condition === 'similar' ? 'above' : 'below'} τ {similarity(layer.tau)}
          </>
        }
        className="step-pairs"
      >
        <Coins layer={layer} p={copy.p} pair={pair ?? null} />
        <div className="step-scroll">
          <table className="table" data-testid="tried-pairs">
            <thead>
              <ColumnHeads
                columns={[
                  { title: 'Kernel ← partner' },
                  { title: 'Coin', num: true },
                  { title: 'Similarity', num: true },
                  { title: copy.condition === 'similar' ? 'Above τ' : 'Below τ' },
                ]}
              />
            </thead>
            <tbody>
              {tried.map((each, k) => (
                <tr
                  key={each.i}
                  className={k === at ? 'chosen' : undefined}
                  onClick={() => {
                    stop();
                    pick(k);
                  }}
                >
                  <td>
                    <button type="button" className="pair-button" aria-pressed={k === at}>
                      K<sub>{each.i}</sub> ← K<sub>{each.j}</sub>
                    </button>
                  </td>
                  <td className="num">{each.coin.toFixed(3)}</td>
                  <td className={`num ${each.merged ? 'b' : 'q'}`}>{cosine(each.similarity)}</td>
                  <td className={each.merged ? '' : 'q'}>{each.merged ? 'merged' : 'no'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel
        title={pair === undefined ? 'No coin fell' : <PairTitle i={pair.i} j={pair.j} />}
        scope={pair === undefined ? undefined : 'J and K: next and previous pair'}
        className="step-formula"
        testId="pair-walk"
      >
        {pair === undefined ? (
          <p className="panel-body q2">
            Every coin of this layer was at or above p {copy.p.toFixed(2)}; no kernel drew a partner.
          </p>
        ) : (
          <SlowSteps slow={slow} label="merge step">
            <PairWalk pair={pair} copy={copy} kernels={layer.kernels} tau={layer.tau} shown={slow.stage} />
          </SlowSteps>
        )}
      </Panel>
    </>
  );
}

function PairTitle({ i, j }: { i: number; j: number }) {
  return (
    <>
      K<sub>{i}</sub> and K<sub>{j}</sub>
    </>
  );
}
