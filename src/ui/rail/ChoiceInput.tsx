/** One of the values a field knows. */
import { useActions, useStudio } from '../studioContext.ts';
import type { InputProps } from './FieldRow.tsx';

export function ChoiceInput({ item, id, text, describedBy }: InputProps) {
  const { choose } = useActions();
  const storesFloat16 = useStudio((state) => state.device?.storesFloat16 ?? false);
  const { field, path } = item;
  if (field.kind !== 'choice') return null;
  return (
    <select
      id={id}
      name={path}
      value={text}
      aria-describedby={describedBy}
      onChange={(event) => choose(path, event.target.value)}
    >
      {field.options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.value === 'float16' && !storesFloat16}>
          {option.label}
          {option.value === 'float16' && !storesFloat16 && ' (not on this device)'}
        </option>
      ))}
    </select>
  );
}
