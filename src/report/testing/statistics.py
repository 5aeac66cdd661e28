#!/usr/bin/env python3
"""Makes statistics.json: what SciPy says of the statistics in src/report. Debian's python3-scipy; run it from anywhere:

    /usr/bin/python3 src/report/testing/statistics.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import optimize, stats

random = np.random.RandomState(7)


def t975(dof):
    """Inverts SciPy's own cdf: `t.ppf` of SciPy 1.10 is right to 1e-9 only, at 49 degrees of freedom for one."""
    return float(optimize.brentq(lambda t: stats.t.cdf(t, dof) - 0.975, 1, 20, xtol=1e-13, rtol=1e-14))


def paired(before, after):
    differences = np.subtract(after, before)
    n = len(differences)
    mean = float(differences.mean())
    half = t975(n - 1) * stats.sem(differences)
    return {
        "before": list(map(float, before)),
        "after": list(map(float, after)),
        "mean": mean,
        "std": float(differences.std(ddof=1)),
        "interval": [float(mean - half), float(mean + half)],
        "p": float(stats.ttest_rel(after, before).pvalue),
    }


def mcnemar(only_before, only_after):
    n = only_before + only_after
    if n == 0:
        return {"onlyBefore": 0, "onlyAfter": 0, "exact": 1.0, "chiSquared": None, "chiSquaredP": None}
    squared = max(0, abs(only_before - only_after) - 1) ** 2 / n
    return {
        "onlyBefore": only_before,
        "onlyAfter": only_after,
        "exact": float(stats.binomtest(only_before, n, 0.5).pvalue),
        "chiSquared": squared,
        "chiSquaredP": float(stats.chi2.sf(squared, 1)),
    }


golden = {
    "scipy": scipy.__version__,
    "tQuantile": [{"dof": dof, "t": t975(dof)} for dof in [*range(1, 31), 49, 99, 199]],
    "normalTail": [{"z": z, "p": float(2 * stats.norm.sf(z))} for z in (0.0, 0.1, 1.0, 1.96, 2.5, 2.9, 4.0, 6.0, 9.0)],
    "paired": [
        paired(random.normal(0.86, spread, n), random.normal(0.862, spread, n))
        for n, spread in ((2, 0.01), (3, 0.004), (5, 0.02), (10, 0.02), (30, 0.001))
    ],
    "mcnemar": [
        mcnemar(b, c)
        for b, c in ((0, 0), (1, 0), (3, 9), (12, 12), (0, 24), (12, 13), (30, 10), (51, 50), (400, 300), (5, 90))
    ],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
