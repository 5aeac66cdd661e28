/** The Data tab: the way in, the reading, the refusal, or the dataset and the network it meets. */
import { lazy, Suspense, useEffect } from 'react';
import { useStudio } from '../studioContext.ts';
import { EmptyPage } from './EmptyPage.tsx';
import { ReadingPage } from './ReadingPage.tsx';

const loadDataset = () => import('./DatasetPage.tsx');
const DatasetPage = lazy(async () => ({ default: (await loadDataset()).DatasetPage }));
const RefusedPage = lazy(async () => ({ default: (await import('./RefusedPage.tsx')).RefusedPage }));

/** After the first paint. */
const preloadMs = 300;

export function DataView() {
  const at = useStudio((state) => state.status.at);
  const hasDataset = useStudio((state) => state.dataset !== null);
  useEffect(() => {
    const timer = setTimeout(() => void loadDataset().catch(() => {}), preloadMs);
    return () => clearTimeout(timer);
  }, []);
  if (at === 'reading') return <ReadingPage />;
  return <Suspense fallback={null}>{at === 'refused' ? <RefusedPage /> : hasDataset ? <DatasetPage /> : <EmptyPage />}</Suspense>;
}
