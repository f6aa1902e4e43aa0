"""Embeddings laid out in the plane, so that images that look alike lie side by side.

t-SNE (van der Maaten and Hinton, JMLR 2008) by openTSNE (Poličar, Stražar and Zupan, J. Stat. Softw. 2024), on the
principal components. It is fitted to at most ``REFERENCES`` embeddings; every other one, whenever it comes, is placed
among those, alone and without moving any of them. docs/decisions/0016-embedding-map.md compares what else there is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.embedding import Array
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from openTSNE import TSNEEmbedding

Points = npt.NDArray[np.float64]

REFERENCES = 8000
COMPONENTS = 50
PERPLEXITY = 30
FEWEST = 12
"""Embeddings below which their principal components alone are the layout: neighbourhoods say nothing yet."""
EARLY, LATE, BLOCK = 250, 500, 25
"""Steps of t-SNE with its clusters pulled together and after that, as openTSNE has them, and steps at a time."""
PLACED_AT_ONCE = 4000
SEED = 0


@dataclass(frozen=True)
class Axes:
    """Principal axes: ``centre`` (E,) and ``directions`` (K, E), orthonormal, the widest first."""

    centre: Array
    directions: Array

    def __call__(self, embeddings: Array) -> Array:
        """embeddings (N, E) -> components (N, K), float32."""
        return np.asarray((embeddings - self.centre) @ self.directions.T, np.float32)


def fit_axes(embeddings: Array) -> Axes:
    """Axes of embeddings (M, E), M ≥ 1; K is ``COMPONENTS``, or M or E where that is less."""
    from sklearn.decomposition import PCA

    if len(embeddings) == 1:
        return Axes(embeddings[0], np.zeros_like(embeddings))
    kept = min(COMPONENTS, *embeddings.shape)
    fitted = PCA(kept, svd_solver="randomized", random_state=SEED).fit(embeddings)
    return Axes(fitted.mean_.astype(np.float32), np.nan_to_num(fitted.components_).astype(np.float32))


def first_look(components: Array) -> Points:
    """components (N, K) -> points (N, 2), the two widest of them, times ten."""
    flat = np.zeros((len(components), 2))
    flat[:, : components.shape[1]] = 10 * components[:, :2]
    return flat


def fit_layout(reference: Array, control: JobControl) -> Iterator[Progress | Points]:
    """Lay reference (M, K), M ≥ 1, out as points (M, 2) around the origin: the last value. The same by every run.

    Raises Cancelled.
    """
    points = first_look(reference)
    if len(reference) < FEWEST:
        yield points
        return
    spread = max(float(points[:, 0].std()), 1e-6)
    layout = _embedding(reference, points * (1e-4 / spread), lambda: control.cancelled)
    control.safe_point()
    done = 0
    for steps, pull, momentum in ((EARLY, 12.0, 0.5), (LATE, 1.0, 0.8)):
        for _ in range(steps // BLOCK):
            layout.optimize(BLOCK, exaggeration=pull, momentum=momentum, learning_rate="auto", inplace=True)
            control.safe_point()
            done += BLOCK
            yield Progress(done, EARLY + LATE)
    yield _centred(np.asarray(layout))


def place(reference: Array, points: Points, others: Array, control: JobControl) -> Iterator[Points]:
    """Where others (N, K) lie among reference (M, K), which :func:`fit_layout` laid out as points (M, 2).

    Gives the points of some of them at a time, in order: (n, 2). Each is placed as if it were alone. Raises Cancelled.
    """
    if len(reference) < FEWEST:
        yield first_look(others)
        return
    layout = _embedding(reference, points, lambda: control.cancelled)
    for start in range(0, len(others), PLACED_AT_ONCE):
        found = layout.transform(others[start : start + PLACED_AT_ONCE])
        control.safe_point()
        yield np.asarray(found, np.float64)


def _centred(points: Points) -> Points:
    """The same layout around the origin: openTSNE would move it there before it places anything."""
    return np.asarray(points - (points.max(axis=0) + points.min(axis=0)) / 2, np.float64)


def _embedding(reference: Array, points: Points, cancelled: Callable[[], bool]) -> "TSNEEmbedding":
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    affinities = PerplexityBasedNN(
        reference,
        perplexity=min(PERPLEXITY, (len(reference) - 1) / 3),
        method="exact",
        n_jobs=1,
        random_state=SEED,
    )
    return TSNEEmbedding(
        points,
        affinities,
        negative_gradient_method="bh",
        n_jobs=1,
        random_state=SEED,
        callbacks=lambda _step, _error, _layout: cancelled(),
        callbacks_every_iters=BLOCK,
    )
