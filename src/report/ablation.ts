/**
 * Fig. 2 of the paper from any sweep: the metric against one merge setting, the others held, with the baseline as a line.
 * 2a: the first layer that merges; 2b: τ, and merging dissimilar pairs; 2c: α and p.
 */
import type { SplitMetrics } from '../experiment/events.ts';
import { pointOf, type CurvePoint } from './bands.ts';
import { baselineLook, inmergeLook, moreLook, type Figure, type FigureSeries } from './figure.ts';
import { mean } from './statistics.ts';
import type { Study, StudyArm } from './study.ts';

type Field = 'firstLayer' | 'tau' | 'alpha' | 'p';

export function ablationFigures(study: Study): Figure[] {
  return [
    figureOf(study, 'fig2a', 'Where merging begins', 'first layer that merges, Lₛ', ['firstLayer']),
    figureOf(study, 'fig2b', 'Similarity needed', 'τ', ['tau']),
    figureOf(study, 'fig2c', 'Share kept and chance to try', 'α, p', ['alpha', 'p']),
  ].flatMap((figure) => figure ?? []);
}

const names: Readonly<Record<Field, string>> = { firstLayer: 'InMerge', tau: 'InMerge', alpha: 'α', p: 'p' };

/** Arms that differ in this one setting alone: x and arm, in order of x. One arm alone is no sweep. */
export interface Sweep {
  readonly field: Field;
  readonly condition: 'similar' | 'dissimilar';
  /** τ is a quantile of each layer's own similarities. */
  readonly quantile: boolean;
  readonly arms: readonly { readonly x: number; readonly arm: StudyArm }[];
}

/** The largest family of each kind: arms alike in everything but `field`. */
export function sweepsOf(arms: readonly StudyArm[], field: Field): Sweep[] {
  const families = new Map<string, { sweep: Sweep; arms: { x: number; arm: StudyArm }[] }>();
  for (const arm of arms) {
    if (arm.merging === null) continue;
    const value = arm.merging[field];
    const quantile = typeof value === 'object';
    const x = quantile ? value.quantile : value;
    const { condition } = arm.merging;
    const kind = `${condition}/${quantile}`;
    const rest = JSON.stringify({ ...arm.merging, [field]: kind });
    const family = families.get(rest) ?? { sweep: { field, condition, quantile, arms: [] }, arms: [] };
    if (family.arms.every((other) => other.x !== x)) family.arms.push({ x, arm });
    families.set(rest, family);
  }
  const largest = new Map<string, Sweep>();
  for (const { sweep, arms: found } of families.values()) {
    const kind = `${sweep.condition}/${sweep.quantile}`;
    if (found.length > (largest.get(kind)?.arms.length ?? 1))
      largest.set(kind, { ...sweep, arms: found.toSorted((a, b) => a.x - b.x) });
  }
  return [...largest.values()];
}

function figureOf(study: Study, id: string, title: string, xLabel: string, fields: readonly Field[]): Figure | null {
  // As the paper has it: AUC for findings, accuracy otherwise.
  const byAuc = study.started?.data?.task === 'multi-label';
  const pick = ({ accuracy, auc }: SplitMetrics): number | null => (byAuc ? auc : accuracy);
  const valuesOf = (arm: string): number[] =>
    study.seeds.flatMap((seed) => {
      const metrics = study.metrics(seed, arm);
      return metrics === null ? [] : (pick(metrics) ?? []);
    });
  const series = fields.flatMap((field) =>
    sweepsOf(study.arms, field).flatMap((sweep): FigureSeries[] => {
      const points = sweep.arms.flatMap(({ x, arm }): CurvePoint[] => {
        const values = valuesOf(arm.name);
        return values.length === 0 ? [] : [pointOf(x, values, 'std')];
      });
      return points.length < 2 ? [] : [{ name: nameOf(sweep), look: inmergeLook, points, spread: 'bars', faint: false }];
    }),
  );
  if (series.length === 0) return null;
  const base = study.baseline === null ? [] : valuesOf(study.baseline.name);
  // One arm of dissimilar pairs is no curve; it stands beside the curve of τ, as in the paper.
  const drawn = new Set(
    fields.flatMap((field) => sweepsOf(study.arms, field)).flatMap((sweep) => sweep.arms.map(({ arm }) => arm)),
  );
  const opposed = fields.includes('tau')
    ? study.arms.flatMap((arm) => {
        const values = arm.merging?.condition === 'dissimilar' && !drawn.has(arm) ? valuesOf(arm.name) : [];
        return values.length === 0 ? [] : [{ y: mean(values), name: arm.title }];
      })
    : [];
  const seeds = [...new Set(series.flatMap((each) => each.points.map((point) => point.n)))].sort((a, b) => a - b);
  const over = seeds.length === 1 ? String(seeds[0]) : `${seeds[0]} to ${seeds.at(-1)}`;
  const split = study.split === 'test' ? 'Test' : 'Validation';
  return {
    id,
    title,
    caption: `${split} ${byAuc ? 'AUC' : 'accuracy'}, mean ± standard deviation over ${over} ${over === '1' ? 'seed' : 'seeds'}; dashed: ${opposed.length > 0 ? 'single arms' : 'the baseline'}.`,
    xLabel,
    yLabel: byAuc ? 'AUC' : 'accuracy, %',
    scale: byAuc ? 1 : 100,
    yLog: false,
    marks: true,
    xWhole: false,
    series: series.map((each, at) => (at === 0 ? each : { ...each, look: moreLook(at - 1) })),
    levels: [
      ...(base.length === 0 ? [] : [{ y: mean(base), name: study.baseline?.title ?? '', look: baselineLook }]),
      ...opposed.map((each, at) => ({ ...each, look: moreLook(series.length + at) })),
    ],
    parting: null,
  };
}

const nameOf = ({ field, condition, quantile }: Sweep): string =>
  `${names[field]}${quantile ? ', quantile of the layer' : ''}${condition === 'dissimilar' ? ', dissimilar pairs' : ''}`;
