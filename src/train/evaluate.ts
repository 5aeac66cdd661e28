/**
 * Runs a split through a trainer in evaluation mode and measures it. Touches no training state and no training draws. The
 * device has the next batch while the logits of one are read.
 */
import type { BatchSource } from '../data/batches.ts';
import type { Task } from '../data/dataset.ts';
import { purposes } from '../base/threefry.ts';
import { accuracy, auc, classAuc, meanLoss, scores } from './metrics.ts';
import type { Trainer } from './trainer.ts';

/** What a split's scores amount to. */
export interface Measures {
  readonly loss: number;
  readonly accuracy: number;
  readonly auc: number | null;
  readonly classAuc: readonly (number | null)[];
}

export interface Evaluation extends Measures {
  /** Probabilities [count, classes]. */
  readonly scores: Float64Array;
}

/** The figures without the scores, as a checkpoint keeps them. */
export function measures({ loss, accuracy: acc, auc: area, classAuc: areas }: Measures): Measures {
  return { loss, accuracy: acc, auc: area, classAuc: areas };
}

export interface EvaluateOptions {
  readonly batchSize: number;
  readonly task: Task;
  /**
   * Merge before every image, as the published code does during validation: the number of the first such merge.
   * Null (the paper's text) merges nothing.
   */
  readonly mergeFrom: number | null;
}

/** Yields the number of images after each batch: a place to pause. */
export async function* evaluate(
  trainer: Trainer,
  source: BatchSource,
  options: EvaluateOptions,
): AsyncGenerator<number, Evaluation> {
  const classes = trainer.network.classes;
  const { batchSize, mergeFrom } = options;
  const size = mergeFrom === null ? batchSize : 1;
  const logits = new Float32Array(source.count * classes);
  const ask = (start: number): Promise<Float32Array> | null => {
    if (start >= source.count) return null;
    if (mergeFrom !== null) trainer.mergeOnly({ purpose: purposes.validationMerge, step: mergeFrom + start });
    const asked = trainer.imageLogits(source, start, Math.min(size, source.count - start));
    // Who stops here does not wait for it; who goes on is told below.
    asked.catch(() => {});
    return asked;
  };
  // A merge belongs to the image after it, and whoever asks takes its log before the next.
  const ahead = mergeFrom === null;
  let asked = ask(0);
  for (let start = 0; start < source.count; start += size) {
    const waiting = asked ?? ask(start);
    asked = ahead ? ask(start + size) : null;
    logits.set((await waiting) as Float32Array, start * classes);
    yield Math.min(size, source.count - start);
  }
  const labels = source.labels();
  const score = scores(logits, classes, options.task);
  return {
    loss: meanLoss(logits, labels, classes, options.task),
    accuracy: accuracy(score, labels, classes, options.task),
    auc: auc(score, labels, classes, options.task),
    classAuc: classAuc(score, labels, classes, options.task),
    scores: score,
  };
}
