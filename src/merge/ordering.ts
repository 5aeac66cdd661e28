/**
 * Orders in which alike kernels stand together, from their similarities (symmetric, `values[i * n + j]`): average linkage
 * as SciPy's `linkage(..., 'average')`, the best leaf order of its tree (Bar-Joseph et al. 2001), and the spectral order. Distance is 1 − cosine. Times grow with n³ at worst, memory with n².
 */

/** Joined clusters, the closest first. Clusters below n are single kernels; the k-th row makes cluster n + k. */
export interface Dendrogram {
  readonly left: Uint16Array;
  readonly right: Uint16Array;
  /** Mean distance between the kernels of the two. */
  readonly height: Float64Array;
}

export interface ClusterOrder {
  /** Kernel at each position. */
  readonly order: Uint16Array;
  readonly dendrogram: Dendrogram;
}

const distanceOf = (similarity: number): number => 1 - similarity;

export function clusterOrder(values: Float32Array, n: number): ClusterOrder {
  const dendrogram = averageLinkage(values, n);
  return { dendrogram, order: optimalLeafOrder(values, n, dendrogram) };
}

/** Average linkage (UPGMA) by chains of nearest neighbours: n² steps. */
export function averageLinkage(values: Float32Array, n: number): Dendrogram {
  const distances = Float64Array.from(values, distanceOf);
  const sizes = new Float64Array(n).fill(1);
  const chain: number[] = [];
  const joins: { a: number; b: number; height: number }[] = [];
  let first = 0;
  while (joins.length < n - 1) {
    if (chain.length === 0) {
      while (sizes[first] === 0) first++;
      chain.push(first);
    }
    const last = chain.at(-1) as number;
    // The one before it wins a tie, or the chain would not end.
    let nearest = chain.at(-2) ?? -1;
    let least = nearest < 0 ? Infinity : (distances[last * n + nearest] as number);
    for (let other = 0; other < n; other++) {
      const distance = distances[last * n + other] as number;
      if (sizes[other] !== 0 && other !== last && distance < least) {
        least = distance;
        nearest = other;
      }
    }
    if (nearest !== chain.at(-2)) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const a = Math.min(last, nearest);
    const b = Math.max(last, nearest);
    joins.push({ a, b, height: least });
    join(distances, sizes, a, b, n);
  }
  return labelled(joins, n);
}

/** Cluster `b` now stands for both. */
function join(distances: Float64Array, sizes: Float64Array, a: number, b: number, n: number): void {
  const [sizeA, sizeB] = [sizes[a] as number, sizes[b] as number];
  for (let other = 0; other < n; other++) {
    if (sizes[other] === 0 || other === a || other === b) continue;
    const mean = (sizeA * (distances[a * n + other] as number) + sizeB * (distances[b * n + other] as number)) / (sizeA + sizeB);
    distances[b * n + other] = mean;
    distances[other * n + b] = mean;
  }
  sizes[a] = 0;
  sizes[b] = sizeA + sizeB;
}

/** Joins by height, named as SciPy names them: the smaller cluster number on the left. */
function labelled(joins: { a: number; b: number; height: number }[], n: number): Dendrogram {
  const parent = Uint32Array.from({ length: 2 * n }, (_, k) => k);
  const root = (of: number): number => {
    let at = of;
    while (parent[at] !== at) at = parent[at] as number;
    // Later searches are short.
    for (let k = of; k !== at;) {
      const next = parent[k] as number;
      parent[k] = at;
      k = next;
    }
    return at;
  };
  const sorted = joins.toSorted((x, y) => x.height - y.height);
  const left = new Uint16Array(sorted.length);
  const right = new Uint16Array(sorted.length);
  sorted.forEach(({ a, b }, k) => {
    const [x, y] = [root(a), root(b)];
    left[k] = Math.min(x, y);
    right[k] = Math.max(x, y);
    parent[x] = n + k;
    parent[y] = n + k;
  });
  return { left, right, height: Float64Array.from(sorted, ({ height }) => height) };
}

/** First and last position of each cluster in a drawing that keeps every cluster together, and where its right half begins. */
interface Spans {
  readonly from: Uint32Array;
  readonly middle: Uint32Array;
  readonly to: Uint32Array;
  /** Kernel at each position. */
  readonly leaves: Uint16Array;
}

function spansOf({ left, right }: Dendrogram, n: number): Spans {
  const from = new Uint32Array(2 * n - 1);
  const middle = new Uint32Array(2 * n - 1);
  const to = new Uint32Array(2 * n - 1);
  const sizes = new Uint32Array(2 * n - 1).fill(1, 0, n);
  for (let k = 0; k < n - 1; k++) sizes[n + k] = (sizes[left[k] as number] as number) + (sizes[right[k] as number] as number);
  to[2 * n - 2] = n;
  for (let k = n - 2; k >= 0; k--) {
    const [l, r, node] = [left[k] as number, right[k] as number, n + k];
    from[l] = from[node] as number;
    middle[node] = (from[l] as number) + (sizes[l] as number);
    to[l] = middle[node] as number;
    from[r] = middle[node] as number;
    to[r] = to[node] as number;
  }
  const leaves = new Uint16Array(n);
  for (let kernel = 0; kernel < n; kernel++) leaves[from[kernel] as number] = kernel;
  return { from, middle, to, leaves };
}

/** The order that the dendrogram allows with the least sum of distances between neighbours. */
export function optimalLeafOrder(values: Float32Array, n: number, dendrogram: Dendrogram): Uint16Array {
  const spans = spansOf(dendrogram, n);
  const { leaves } = spans;
  if (n < 3) return leaves;
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      distances[i * n + j] = distanceOf(values[(leaves[i] as number) * n + (leaves[j] as number)] as number);
  }
  // costs[u, w]: the least cost of the smallest cluster that holds both, with u at one end and w at the other.
  const costs = new Float64Array(n * n);
  const through = new Float64Array(n);
  for (let node = n; node < 2 * n - 1; node++) {
    const l = dendrogram.left[node - n] as number;
    const r = dendrogram.right[node - n] as number;
    const [from, middle, to] = [spans.from[node] as number, spans.middle[node] as number, spans.to[node] as number];
    for (let u = from; u < middle; u++) {
      const [mFrom, mTo] = farSide(spans, l, u, n);
      // From u through the left half to its other end m, and on to k.
      for (let k = middle; k < to; k++) {
        let least = Infinity;
        for (let m = mFrom; m < mTo; m++) {
          const cost = (costs[u * n + m] as number) + (distances[k * n + m] as number);
          if (cost < least) least = cost;
        }
        through[k] = least;
      }
      for (let w = middle; w < to; w++) {
        const [kFrom, kTo] = farSide(spans, r, w, n);
        let least = Infinity;
        for (let k = kFrom; k < kTo; k++) {
          const cost = (through[k] as number) + (costs[w * n + k] as number);
          if (cost < least) least = cost;
        }
        costs[u * n + w] = least;
        costs[w * n + u] = least;
      }
    }
  }
  return Uint16Array.from(traced(dendrogram, spans, distances, costs, n), (position) => leaves[position] as number);
}

/** Positions at which a cluster may end that has `u` at its other end: those of the half without u. */
function farSide({ from, middle, to }: Spans, node: number, u: number, n: number): readonly [number, number] {
  if (node < n) return [u, u + 1];
  const split = middle[node] as number;
  return u < split ? [split, to[node] as number] : [from[node] as number, split];
}

/** Walks the best costs back from the root to the leaves. */
function traced({ left, right }: Dendrogram, spans: Spans, distances: Float64Array, costs: Float64Array, n: number): number[] {
  const root = 2 * n - 2;
  const order: number[] = [];
  const [start, end] = cheapest(spans.from[root] as number, spans.middle[root] as number, spans.to[root] as number, costs, n);
  const waiting: { node: number; u: number; w: number }[] = [{ node: root, u: start, w: end }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, u, w } = next;
    if (node < n) {
      order.push(u);
      continue;
    }
    const leftFirst = u < (spans.middle[node] as number);
    const near = (leftFirst ? left[node - n] : right[node - n]) as number;
    const far = (leftFirst ? right[node - n] : left[node - n]) as number;
    const [mFrom, mTo] = farSide(spans, near, u, n);
    const [kFrom, kTo] = farSide(spans, far, w, n);
    let best = { m: mFrom, k: kFrom, cost: Infinity };
    for (let m = mFrom; m < mTo; m++) {
      for (let k = kFrom; k < kTo; k++) {
        const cost = (costs[u * n + m] as number) + (distances[m * n + k] as number) + (costs[k * n + w] as number);
        if (cost < best.cost) best = { m, k, cost };
      }
    }
    waiting.push({ node: far, u: best.k, w }, { node: near, u, w: best.m });
  }
  return order;
}

function cheapest(from: number, middle: number, to: number, costs: Float64Array, n: number): readonly [number, number] {
  let best: readonly [number, number] = [from, to - 1];
  let least = Infinity;
  for (let u = from; u < middle; u++) {
    for (let w = middle; w < to; w++) {
      const cost = costs[u * n + w] as number;
      if (cost < least) {
        least = cost;
        best = [u, w];
      }
    }
  }
  return best;
}

const mostRounds = 400;

/**
 * By the second eigenvector of D^-1/2 A D^-1/2 with A = (1 + cos) / 2: the relaxed normalised cut. Power iteration from a
 * fixed start, until it stands still.
 */
export function spectralOrder(values: Float32Array, n: number): Uint16Array {
  const roots = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let degree = 0;
    for (let j = 0; j < n; j++) degree += (1 + (values[i * n + j] as number)) / 2;
    roots[i] = Math.sqrt(degree);
  }
  const constant = unit(roots);
  let vector = unit(
    without(
      Float64Array.from({ length: n }, (_, k) => Math.sin(1 + k * 0.7)),
      constant,
    ),
  );
  for (let round = 0; round < mostRounds; round++) {
    const scaled = vector.map((value, k) => value / (roots[k] as number));
    const total = scaled.reduce((sum, value) => sum + value, 0);
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = total;
      for (let j = 0; j < n; j++) sum += (values[i * n + j] as number) * (scaled[j] as number);
      next[i] = sum / 2 / (roots[i] as number);
    }
    const turned = unit(without(next, constant));
    const change = turned.reduce((most, value, k) => Math.max(most, Math.abs(value - (vector[k] as number))), 0);
    vector = turned;
    if (change < 1e-7) break;
  }
  return orderBy(Float64Array.from(vector, (value, k) => value / (roots[k] as number)));
}

/** Kernels by a value, the smallest first; equals by index. */
export function orderBy(keys: ArrayLike<number>): Uint16Array {
  return Uint16Array.from({ length: keys.length }, (_, k) => k).sort(
    (a, b) => (keys[a] as number) - (keys[b] as number) || a - b,
  );
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function without(vector: Float64Array, direction: Float64Array): Float64Array {
  const share = vector.reduce((sum, value, k) => sum + value * (direction[k] as number), 0);
  return vector.map((value, k) => value - share * (direction[k] as number));
}
