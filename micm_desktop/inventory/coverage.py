"""How varied a set of unlabeled images is: groups in feature space, their number in effect, and a diversity score."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from micm_desktop.fewshot.compact import Rows

GROUPED: Final = 2000
"""Images that are grouped with each other; of more, as many evenly spread, the rest joining the nearest group."""
LEAST_COSINE: Final = 0.4
"""Mean cosine of two groups' images from which they are one group (docs/decisions/0019-inventory.md)."""
SCORED: Final = 1000
"""Images that the diversity score looks at, evenly spread."""
SMALLEST_GROUP: Final = 3


@dataclass(frozen=True)
class Coverage:
    """``group`` (N,) of each image, 0 for the largest; ``sizes`` of the groups, the largest first; ``effective``: the
    number of equally large groups that would be as varied; ``diversity``: Vendi score of the embeddings."""

    group: NDArray[np.int64]
    sizes: tuple[int, ...]
    effective: float
    diversity: float


def find_groups(embeddings: Rows) -> Coverage:
    """Group embeddings (N, E), unit vectors centred on a reference that is not the set itself, N ≥ 1.

    Average linkage by cosine: it makes no group of a large one's middle, as k-means does, and needs no number. Centred
    on the set's own mean, whatever is most frequent would lie at the origin and fall apart.
    """
    from sklearn.cluster import AgglomerativeClustering

    chosen = evenly(len(embeddings), GROUPED)
    if len(embeddings) == 1:
        return Coverage(np.zeros(1, np.int64), (1,), 1.0, 1.0)
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - LEAST_COSINE
    )
    labels = clustering.fit_predict(embeddings[chosen])
    means = np.stack([embeddings[chosen[labels == label]].mean(axis=0) for label in range(labels.max() + 1)])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-8)
    group = (embeddings @ means.T).argmax(axis=1)
    group[chosen] = labels
    counts = np.bincount(group, minlength=len(means))
    order = np.lexsort((np.arange(len(counts)), -counts))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    sizes = counts[order]
    return Coverage(rank[group], tuple(sizes[sizes > 0].tolist()), effective_number(sizes), vendi_score(embeddings))


def effective_number(sizes: NDArray[np.int64]) -> float:
    """Exponential of the entropy of the groups' shares (Hill number of order 1): k for k groups of equal size."""
    shares = sizes[sizes > 0] / sizes.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def vendi_score(embeddings: Rows) -> float:
    """Diversity of unit vectors (N, E): exponential of the entropy of the eigenvalues of their cosines divided by N; 1
    where all are equal, at most N (Friedman and Dieng 2023, "The Vendi Score", arXiv:2210.02410)."""
    some = embeddings[evenly(len(embeddings), SCORED)].astype(np.float64)
    values = np.linalg.eigvalsh(some @ some.T / len(some))
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` of ``count`` rows, evenly spread, in order."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
