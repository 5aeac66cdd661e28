/** A bar with its words before it: what runs, and the time left. */
export function ProgressLine({ label, fraction, end }: { label: string; fraction: number; end: string }) {
  return (
    <div className="progress-line">
      <p className="progress-text">
        <span>{label}</span>
        <span className="q">{end}</span>
      </p>
      <div
        className="bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(fraction * 100)}
        aria-valuetext={`${Math.round(fraction * 100)} %, ${end}`}
      >
        <i style={{ transform: `scaleX(${Math.min(1, fraction)})` }} />
      </div>
    </div>
  );
}
