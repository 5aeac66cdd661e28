/**
 * A figure as data: series with what is drawn around them, reference lines, axes in words. `svg.ts` and `pgfplots.ts` draw
 * it; colours and marks are decided here once, so that an arm looks the same everywhere, also without colour.
 */
import type { CurvePoint } from './bands.ts';

export interface FigureSeries {
  readonly name: string;
  readonly look: Look;
  readonly points: readonly CurvePoint[];
  /** What `low` and `high` of the points are drawn as. */
  readonly spread: 'area' | 'bars' | 'none';
  /** A single seed among others: thin, without marks, not in the legend. */
  readonly faint: boolean;
  /** The same arm on its training images: thinner, dotted, without marks or a name of its own in the legend. */
  readonly training?: boolean;
}

/** All lines of training images in a legend. */
export const trainingName = 'training images';

export interface Figure {
  /** Part of a file name, e.g. `accuracy`. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what the band is and over how many seeds. */
  readonly caption: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** What a value is multiplied by: 100 for percent. */
  readonly scale: number;
  readonly yLog: boolean;
  /** Marks at the points, and whole numbers on the axis. */
  readonly marks: boolean;
  readonly xWhole: boolean;
  readonly series: readonly FigureSeries[];
  /** Horizontal lines with their names. */
  readonly levels: readonly { readonly y: number; readonly name: string; readonly look: Look }[];
  /** A vertical line, where the arms part. */
  readonly parting: { readonly x: number; readonly name: string } | null;
}

export interface Look {
  /** Hex, without #. */
  readonly colour: string;
  readonly mark: 'circle' | 'square' | 'triangle' | 'diamond' | 'none';
  /** Lengths of dash and gap; empty for a solid line. */
  readonly dash: readonly number[];
}

export const backboneLook: Look = { colour: '444D57', mark: 'none', dash: [] };
export const baselineLook: Look = { colour: '0072B2', mark: 'circle', dash: [] };
export const inmergeLook: Look = { colour: 'D55E00', mark: 'square', dash: [] };

/** One of so many arms that colours do not tell them apart. */
export const faintLook: Look = { colour: '626C77', mark: 'none', dash: [] };

/** Further arms: Okabe and Ito's colours, told apart by mark and dash as well. */
const more: readonly Look[] = [
  { colour: '009E73', mark: 'triangle', dash: [] },
  { colour: 'CC79A7', mark: 'diamond', dash: [] },
  { colour: '56B4E9', mark: 'circle', dash: [5, 3] },
  { colour: 'A87900', mark: 'square', dash: [5, 3] },
  { colour: '7A5195', mark: 'triangle', dash: [5, 3] },
  { colour: '14191F', mark: 'diamond', dash: [2, 3] },
];

/** By place among the arms beyond the two that are compared. */
export const moreLook = (index: number): Look => more[index % more.length] as Look;
