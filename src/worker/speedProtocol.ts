/** What crosses to the thread that measures training speed: one request in, words on the way, one report out. */
import type { BenchReport } from '../bench/report.ts';

/** Who can be measured in a page. */
export type SpeedContender = 'compiled' | 'tape' | 'wasm' | 'stock';

export interface SpeedRequest {
  /** E.g. `vgg8_bn@28x64`. */
  readonly case: string;
  readonly who: readonly SpeedContender[];
  readonly steps: number;
}

export type SpeedReply =
  | { readonly say: 'doing'; readonly what: string }
  | { readonly say: 'report'; readonly report: BenchReport }
  | { readonly say: 'failed'; readonly why: string };
