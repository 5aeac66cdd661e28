/** What the curves of one chart are drawn from; handed past the chart, which need not know of every new point. */
import { createContext } from 'react';
import type { ChartModel } from './chartModel.ts';

export interface Drawn {
  readonly model: ChartModel;
  /** The range of each point is drawn behind the means of those that are compared. */
  readonly banded: boolean;
  readonly value: (value: number) => string;
  /** The backbone is on the chart: both phases are named at the top. */
  readonly parts: boolean;
}

export const DrawnContext = createContext<Drawn | null>(null);

/** Whether the pointer is on any of the charts around: the crosshair then stands on all. Null for a chart that stands alone. */
export const PointedContext = createContext<{
  readonly pointed: boolean;
  readonly setPointed: (pointed: boolean) => void;
} | null>(null);

/** The arm that the pointer is on, in any chart or in the list of arms: it stands out in all of them. */
export interface Raised {
  readonly arm: string | null;
  readonly raise: (arm: string | null) => void;
}

export const RaisedContext = createContext<Raised>({ arm: null, raise: () => {} });
