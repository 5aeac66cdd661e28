/** What a dataset is to everything behind intake: named splits of 8-bit images and labels, and what to call them. */

export type Task = 'multi-class' | 'binary-class' | 'multi-label' | 'ordinal-regression';

export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

export interface Split {
  readonly count: number;
  /** [count, height, width, channels], row-major. */
  readonly images: Uint8Array;
  /** [count] class indices, or [count, classes] of 0 and 1 where the task is multi-label. */
  readonly labels: Uint16Array;
}

export interface Dataset {
  /** Short identifier, e.g. `breastmnist`; what result files are named by. */
  readonly name: string;
  /** What the page calls it, e.g. `BreastMNIST` or the file's name. */
  readonly title: string;
  readonly task: Task;
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** A split may be absent (no test split, say); `train` never is. */
  readonly splits: { readonly train: Split; readonly val: Split; readonly test: Split | null };
  /** SHA-256 of the file (what `sha256sum` prints), or of the sample's bytes. */
  readonly sha256: string;
  readonly synthetic: boolean;
}

/** One line of the intake report. `review` lines state the size and direction of the effect and what to do. */
export interface Check {
  readonly level: 'passed' | 'note' | 'review';
  readonly text: string;
  readonly effect?: string;
  /** A switch of the recipe that takes care of it. */
  readonly remedy?: 'dataset.leaveOutRepeated';
}

/** What the page shows of a dataset; the images themselves stay in the worker. */
export interface DatasetSummary {
  readonly name: string;
  readonly title: string;
  readonly fileName: string | null;
  readonly fileBytes: number | null;
  readonly task: Task;
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly counts: { readonly train: number; readonly val: number; readonly test: number | null };
  /** Images of each class per split (multi-label: images that carry the label). */
  readonly classCounts: {
    readonly train: readonly number[];
    readonly val: readonly number[];
    readonly test: readonly number[] | null;
  };
  readonly sha256: string;
  readonly md5: string | null;
  /** `official`: MD5 equals MedMNIST's; `same-shape`: shapes and counts equal a catalogue entry; null: unknown set. */
  readonly match: 'official' | 'same-shape' | null;
  readonly source: string | null;
  readonly licence: string | null;
  readonly synthetic: boolean;
  /** Training images that stand in validation or test too, pixel for pixel. */
  readonly repeatedInTraining: number;
  readonly checks: readonly Check[];
  /** Time from the drop to here. */
  readonly readMs: number;
  /** First training images of each class, RGBA, `side` x `side` each, concatenated per class. */
  readonly thumbnails: readonly {
    readonly classIndex: number;
    readonly count: number;
    readonly height: number;
    readonly width: number;
    readonly rgba: Uint8ClampedArray;
  }[];
}
