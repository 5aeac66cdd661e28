/** Copies the results as tab-separated text. */
import { resultsText } from '../../store/csv.ts';
import { CopyButton } from '../parts/CopyButton.tsx';
import { useGetState } from '../studioContext.ts';

export function CopyTable() {
  const getState = useGetState();
  return (
    <CopyButton
      label="Copy table"
      text={() => {
        const { record } = getState();
        return record === null ? '' : resultsText(record);
      }}
    />
  );
}
