/** Predictions: what both networks said about each test image, and about any picture. Loaded when first opened. */
import { lazy, Suspense } from 'react';

const Predictions = lazy(() => import('./Predictions.tsx'));

export function PredictionsView() {
  return (
    <Suspense fallback={<div className="pad" />}>
      <Predictions />
    </Suspense>
  );
}
