/** The Data tab: the way in, the reading, the refusal, or the dataset and the network it meets. */
import { useStudio } from '../studioContext.ts';
import { DatasetPage } from './DatasetPage.tsx';
import { EmptyPage } from './EmptyPage.tsx';
import { ReadingPage } from './ReadingPage.tsx';
import { RefusedPage } from './RefusedPage.tsx';

export function DataView() {
  const at = useStudio((state) => state.status.at);
  const hasDataset = useStudio((state) => state.dataset !== null);
  if (at === 'reading') return <ReadingPage />;
  if (at === 'refused') return <RefusedPage />;
  return hasDataset ? <DatasetPage /> : <EmptyPage />;
}
