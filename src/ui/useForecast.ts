/** Keeps the forecast of the form's recipe up to date while what shows it is on the page. */
import { useEffect } from 'react';
import { useActions, useStudio } from './studioContext.ts';

export function useForecast(): void {
  const recipe = useStudio((state) => state.recipe);
  const dataset = useStudio((state) => state.dataset?.sha256 ?? null);
  const device = useStudio((state) => state.device);
  const at = useStudio((state) => state.status.at);
  const { askForecast } = useActions();
  useEffect(askForecast, [recipe, dataset, device, at, askForecast]);
}
