/** A number, with a slider over its comfortable span. The number keeps what was typed, fitting or not. */
import { useActions } from '../studioContext.ts';
import type { InputProps } from './FieldRow.tsx';

export function NumberInput({ item, id, text, problem, describedBy }: InputProps) {
  const { type, leave, choose } = useActions();
  const { field, path, slider, optional } = item;
  if (field.kind !== 'number' && field.kind !== 'integer') return null;
  const value = Number(text);
  const position = slider?.log ? Math.log10(Math.max(value, 1e-12)) : value;
  const slide = (to: number) => choose(path, slider?.log ? Number((10 ** to).toPrecision(2)) : Number(to.toFixed(6)));
  return (
    <div className={slider === undefined ? 'number' : 'number number-slider'}>
      {slider !== undefined && (
        <input
          type="range"
          aria-label={`${field.label}, slider`}
          min={slider.min}
          max={slider.max}
          step={slider.step}
          value={Number.isFinite(position) ? Math.min(slider.max, Math.max(slider.min, position)) : slider.min}
          aria-valuetext={text}
          onChange={(event) => slide(Number(event.target.value))}
        />
      )}
      <input
        type="number"
        id={id}
        name={path}
        inputMode={field.kind === 'integer' ? 'numeric' : 'decimal'}
        min={field.min}
        max={field.max}
        step={field.kind === 'integer' ? 1 : slider && !slider.log ? slider.step : 'any'}
        placeholder={optional ? (path.startsWith('dataset.take') ? 'all' : 'as it is') : undefined}
        value={text}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? describedBy : `${id}-problem ${describedBy}`}
        onChange={(event) => type(path, event.target.value)}
        onBlur={() => leave(path)}
      />
    </div>
  );
}
