/** A list of whole numbers, typed with commas. */
import { useActions } from '../studioContext.ts';
import type { InputProps } from './FieldRow.tsx';

export function ListInput({ item, id, text, problem, describedBy }: InputProps) {
  const { type, leave } = useActions();
  return (
    <input
      type="text"
      id={id}
      name={item.path}
      className="list-input"
      inputMode="numeric"
      spellCheck={false}
      autoComplete="off"
      value={text}
      aria-invalid={problem !== null}
      aria-describedby={problem === null ? describedBy : `${id}-problem ${describedBy}`}
      onChange={(event) => type(item.path, event.target.value)}
      onBlur={() => leave(item.path)}
    />
  );
}
