/** Two small lines on one scale: how a figure of a layer went in either arm. */
export function Sparkline({
  upper,
  lower,
  most,
  epochs,
}: {
  readonly upper: readonly { readonly epoch: number; readonly value: number }[];
  readonly lower: readonly { readonly epoch: number; readonly value: number }[];
  readonly most: number;
  readonly epochs: number;
}) {
  const path = (points: typeof upper) =>
    points
      .map(
        ({ epoch, value }, k) =>
          `${k === 0 ? 'M' : 'L'}${(epoch / Math.max(1, epochs)) * 60 + 1} ${19 - 17 * (most > 0 ? value / most : 0)}`,
      )
      .join('');
  return (
    <svg className="spark" viewBox="0 0 62 20" aria-hidden="true" preserveAspectRatio="none">
      <line x1="0" x2="62" y1="19.5" y2="19.5" />
      <path d={path(upper)} className="spark-baseline" />
      <path d={path(lower)} className="spark-inmerge" />
    </svg>
  );
}
