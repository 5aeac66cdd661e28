/** A file input that is not seen: a button of one's own clicks it. The same file may be chosen twice in a row. */
import type { RefObject } from 'react';

interface FileInputProps {
  readonly picker: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly testId: string;
  readonly accept: string;
  readonly onFile: (file: File) => void;
}

export function FileInput({ accept, label, onFile, picker, testId }: FileInputProps) {
  return (
    <input
      ref={picker}
      type="file"
      className="vh"
      tabIndex={-1}
      aria-label={label}
      data-testid={testId}
      accept={accept}
      onChange={(event) => {
        const file = event.target.files?.[0];
        event.target.value = '';
        if (file !== undefined) onFile(file);
      }}
    />
  );
}
