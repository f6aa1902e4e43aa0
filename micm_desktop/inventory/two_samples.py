"""Whether two samples differ: tests by permutation, for several figures at once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

PERMUTATIONS: Final = 1999
AT_ONCE: Final = 250
"""Permutations that are computed together."""


def labelings(second: NDArray[np.bool_], permutations: int = PERMUTATIONS, seed: int = 0) -> NDArray[np.float32]:
    """(n, permutations + 1) which of the pooled images are of the second sample: as it is, then by chance."""
    rng = np.random.default_rng(seed)
    repeated = np.repeat(second[:, None].astype(np.float32), permutations, axis=1)
    return np.concatenate([second[:, None].astype(np.float32), rng.permuted(repeated, axis=0)], axis=1)


def energy_of_values(values: Values, labels: NDArray[np.float32]) -> Values:
    """(P,) energy distances of the two samples of ``values`` (n,) under each labeling (n, P).

    In one dimension it is twice the squared area between the two distribution functions (Szekely and Rizzo 2013,
    "Energy statistics").
    """
    order = np.argsort(values, kind="stable")
    gaps = np.diff(values[order])
    found = []
    for start in range(0, labels.shape[1], AT_ONCE):
        marks = labels[order, start : start + AT_ONCE].astype(np.float64)
        second = np.cumsum(marks, axis=0)[:-1] / marks.sum(axis=0)
        first = np.cumsum(1 - marks, axis=0)[:-1] / (1 - marks).sum(axis=0)
        found.append(2 * gaps @ (second - first) ** 2)
    return np.concatenate(found)


def energy_of_distances(distances: NDArray[np.float32], labels: NDArray[np.float32]) -> Values:
    """(P,) energy distances of two samples with these distances (n, n), under each labeling (n, P)."""
    whole = distances.sum(axis=1, dtype=np.float64)
    found = []
    for start in range(0, labels.shape[1], AT_ONCE):
        marks = labels[:, start : start + AT_ONCE]
        count = marks.sum(axis=0, dtype=np.float64)
        rest = len(marks) - count
        within = np.einsum("np,np->p", marks, distances @ marks, dtype=np.float64)
        of_second = whole @ marks.astype(np.float64)
        across = of_second - within
        others = whole.sum() - 2 * of_second + within
        found.append(2 * across / (count * rest) - within / count**2 - others / rest**2)
    return np.concatenate(found)


def share_differences(group: NDArray[np.int64], labels: NDArray[np.float32]) -> Values:
    """(G, P) by how many standard deviations each group's share differs between the samples, under each labeling."""
    members = np.eye(int(group.max()) + 1)[group]
    share = members.mean(axis=0)
    count = labels.sum(axis=0, dtype=np.float64)
    rest = len(labels) - count
    of_second = members.T @ labels
    difference = of_second / count - (members.sum(axis=0)[:, None] - of_second) / rest
    spread = np.sqrt((share * (1 - share))[:, None] * (1 / count + 1 / rest))
    return np.asarray(difference / np.maximum(spread, 1e-12), np.float64)


def adjusted_p_values(statistics: Values) -> Values:
    """(K,) p values of K tests, adjusted so that by chance alone any of them is below 0.05 in 5 of 100 comparisons.

    ``statistics`` (K, P): of each test under the same labelings, the real one first; larger is more different.
    Step-down min P of Westfall and Young (1993), which keeps what tests that go together lose with Bonferroni.
    """
    from scipy.stats import rankdata

    total = statistics.shape[1]
    # The share of labelings that are at least as extreme.
    each = (total + 1 - rankdata(statistics, method="min", axis=1)) / total
    order = np.argsort(each[:, 0], kind="stable")
    smallest = np.minimum.accumulate(each[order][::-1], axis=0)[::-1]
    adjusted = np.empty(len(each))
    adjusted[order] = np.maximum.accumulate((smallest <= each[order, :1]).mean(axis=1))
    return adjusted


def probability_larger(first: Values, second: Values) -> float:
    """How often a value of the second sample is above one of the first, ties counted half: 0.5 where they are alike."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([first, second]))[len(first) :]
    return float((ranks.sum() - len(second) * (len(second) + 1) / 2) / (len(first) * len(second)))
