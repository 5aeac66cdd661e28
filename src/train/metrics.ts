/** ACC and AUC as the MedMNIST evaluator defines them (medmnist/evaluator.py, v3.0.2), and scores from logits. */
import type { Task } from '../data/dataset.ts';

/** Probabilities [n, classes] from logits: sigmoid for multi-label, else softmax, in float64. */
export function scores(logits: Float32Array, classes: number, task: Task): Float64Array {
  const result = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    if (task === 'multi-label') {
      for (let k = start; k < start + classes; k++) result[k] = 1 / (1 + Math.exp(-(logits[k] as number)));
      continue;
    }
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = start; k < start + classes; k++) highest = Math.max(highest, logits[k] as number);
    let sum = 0;
    for (let k = start; k < start + classes; k++) sum += result[k] = Math.exp((logits[k] as number) - highest);
    for (let k = start; k < start + classes; k++) result[k] = (result[k] as number) / sum;
  }
  return result;
}

/** Mean cross-entropy per image (and label), from logits, in nats. */
export function meanLoss(logits: Float32Array, labels: Uint16Array, classes: number, task: Task): number {
  const count = logits.length / classes;
  let total = 0;
  for (let image = 0; image < count; image++) {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    if (task === 'multi-label') {
      row.forEach((z, k) => {
        total += (Math.max(z, 0) - z * (labels[image * classes + k] as number) + Math.log1p(Math.exp(-Math.abs(z)))) / classes;
      });
    } else {
      const highest = row.reduce((most, z) => Math.max(most, z), Number.NEGATIVE_INFINITY);
      const sum = row.reduce((all, z) => all + Math.exp(z - highest), 0);
      total += Math.log(sum) + highest - (row[labels[image] as number] as number);
    }
  }
  return total / count;
}

/**
 * Accuracy by task. Multi-label: share of right (image, label) cells at score > 0.5. Binary: last column > 0.5.
 * Otherwise: the highest score's class, the first on ties (NumPy's argmax).
 */
export function accuracy(score: Float64Array, labels: Uint16Array, classes: number, task: Task): number {
  const count = score.length / classes;
  let right = 0;
  if (task === 'multi-label') {
    for (let cell = 0; cell < score.length; cell++) right += Number((score[cell] as number) > 0.5) === labels[cell] ? 1 : 0;
    return right / score.length;
  }
  for (let image = 0; image < count; image++) {
    const row = score.subarray(image * classes, (image + 1) * classes);
    const predicted = task === 'binary-class' ? Number((row[classes - 1] as number) > 0.5) : firstHighest(row);
    right += predicted === labels[image] ? 1 : 0;
  }
  return right / count;
}

function firstHighest(row: Float64Array): number {
  let at = 0;
  for (let k = 1; k < row.length; k++) if ((row[k] as number) > (row[at] as number)) at = k;
  return at;
}

/** One-vs-rest AUC of each class (or label); null where one side is empty. */
export function classAuc(score: Float64Array, labels: Uint16Array, classes: number, task: Task): (number | null)[] {
  const count = score.length / classes;
  return Array.from({ length: classes }, (_, k) => {
    const column = Float64Array.from({ length: count }, (_, image) => score[image * classes + k] as number);
    return areaUnderCurve(column, (image) => (task === 'multi-label' ? labels[image * classes + k] === 1 : labels[image] === k));
  });
}

/**
 * MedMNIST's AUC: binary takes the last column; all others the unweighted mean over classes. Null where a class is
 * missing, as scikit-learn refuses to define it.
 */
export function auc(score: Float64Array, labels: Uint16Array, classes: number, task: Task): number | null {
  const each = classAuc(score, labels, classes, task);
  if (task === 'binary-class') return each[classes - 1] ?? null;
  let sum = 0;
  for (const value of each) {
    if (value === null) return null;
    sum += value;
  }
  return sum / classes;
}

/** The Mann-Whitney statistic with mid-ranks for ties, which is what scikit-learn's roc_auc_score gives. */
function areaUnderCurve(column: Float64Array, isPositive: (image: number) => boolean): number | null {
  const order = Uint32Array.from(column.keys()).sort((a, b) => (column[a] as number) - (column[b] as number));
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && column[order[end] as number] === column[order[start] as number]) end++;
    const midRank = (start + 1 + end) / 2;
    for (let k = start; k < end; k++) {
      if (isPositive(order[k] as number)) {
        rankSum += midRank;
        positives++;
      }
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
