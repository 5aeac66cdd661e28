"""Golden cases of ordering.test.ts: python3 ordering.py > ordering.json

Linkage by SciPy. The least cost of a leaf order by going through all ends of all clusters here (and, for small trees, through
all flips): SciPy 1.17's optimal_leaf_ordering does not always reach it, and is kept as an upper bound.
"""
import json
import sys

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform


def least_cost(tree, distances):
    """Of any leaf order that keeps every cluster together."""
    n = len(distances)
    ends = {leaf: {(leaf, leaf): 0.0} for leaf in range(n)}
    for k, (left, right, _, _) in enumerate(tree):
        best = {}
        for (u, m), near in ends[int(left)].items():
            for (v, w), far in ends[int(right)].items():
                cost = near + far + distances[m, v]
                for key in ((u, w), (w, u)):
                    best[key] = min(cost, best.get(key, np.inf))
        ends[n + k] = best
    return min(ends[2 * n - 2].values())


def least_cost_of_flips(tree, distances):
    n = len(distances)
    best = np.inf
    for flips in range(2 ** (n - 1)):
        drawn = {leaf: [leaf] for leaf in range(n)}
        for k, (left, right, _, _) in enumerate(tree):
            a, b = drawn[int(left)], drawn[int(right)]
            drawn[n + k] = b + a if flips >> k & 1 else a + b
        order = drawn[2 * n - 2]
        best = min(best, distances[order[:-1], order[1:]].sum())
    return best


cases = []
for n, rows, groups, seed in [(2, 9, 1, 0), (3, 9, 1, 1), (7, 18, 3, 2), (10, 27, 4, 1), (24, 27, 4, 3), (40, 45, 6, 4)]:
    rng = np.random.default_rng(seed)
    kernels = rng.normal(size=(n, rows)) + 1.2 * rng.normal(size=(groups, rows))[rng.integers(groups, size=n)]
    kernels /= np.linalg.norm(kernels, axis=1, keepdims=True)
    values = np.round((kernels @ kernels.T), 6).astype(np.float32)
    np.fill_diagonal(values, 1)
    distances = 1 - values.astype(np.float64)
    condensed = squareform(distances, checks=False)
    tree = linkage(condensed, "average")
    leaves = leaves_list(optimal_leaf_ordering(tree, condensed)) if n > 2 else leaves_list(tree)
    least = float(least_cost(tree, distances))
    if n <= 10:
        assert abs(least - least_cost_of_flips(tree, distances)) < 1e-9
    affinity = (1 + values.astype(np.float64)) / 2
    roots = np.sqrt(affinity.sum(1))
    _, vectors = np.linalg.eigh(affinity / np.outer(roots, roots))
    cases.append(
        {
            "n": n,
            "values": [float(v) for v in values.ravel()],
            "left": tree[:, 0].astype(int).tolist(),
            "right": tree[:, 1].astype(int).tolist(),
            "height": tree[:, 2].tolist(),
            "cost": least,
            "scipyCost": float(distances[leaves[:-1], leaves[1:]].sum()),
            "spectral": np.argsort(vectors[:, -2] / roots, kind="stable").tolist(),
        }
    )
json.dump(cases, sys.stdout)
