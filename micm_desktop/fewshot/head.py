"""What every classifier fits: one linear layer over embeddings, so that scoring a whole set is one matrix product."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.compact import Rows

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LinearHead:
    """``weight`` (C, D) and ``bias`` (C,) give logits; ``prototypes`` (C, D), L2-normalised, give the unknown score.

    ``unknown_threshold`` lies in [0, 1]: an image whose unknown score is above it is like nothing that was tagged.
    """

    weight: Array
    bias: Array
    prototypes: Array
    unknown_threshold: float = 1.0

    def logits(self, embeddings: Rows) -> Array:
        """(N, D) -> (N, C)."""
        out: Array = embeddings @ self.weight.T + self.bias
        return out

    def probabilities(self, embeddings: Rows) -> Array:
        """Softmax of the logits: (N, D) -> (N, C), rows summing to 1."""
        return softmax(self.logits(embeddings))

    def unknown_score(self, embeddings: Rows) -> Array:
        """Half the cosine distance to the nearest prototype: (N, D) unit vectors -> (N,) in [0, 1]."""
        return unknown_score(embeddings, self.prototypes)

    def judge(self, embeddings: Rows) -> tuple[Array, Array]:
        """:meth:`probabilities` and :meth:`unknown_score` in one product: reading the embeddings is what takes time."""
        both = embeddings @ np.concatenate([self.weight, self.prototypes]).T
        classes = len(self.weight)
        return softmax(both[:, :classes] + self.bias), half_distance(both[:, classes:])

    def scaled(self, scale: float) -> "LinearHead":
        """The same decisions with logits multiplied by ``scale`` (one over a temperature)."""
        return replace(self, weight=self.weight * np.float32(scale), bias=self.bias * np.float32(scale))


class Fitted(NamedTuple):
    """``head``, and what it would say of each tagged image without its tag: ``scores`` (S', C) and ``labels`` (S',), of
    the S' images whose class has another one. ``scale``: the factor that makes probabilities of the head's scores,
    where it is not the one that ``scores`` ask for."""

    head: LinearHead
    scores: Array
    labels: Labels
    scale: float | None = None

    @property
    def errors(self) -> int:
        return int((self.scores.argmax(axis=1) != self.labels).sum())


def softmax(logits: Array) -> Array:
    """Row-wise softmax of (N, C)."""
    exponent = np.exp(logits - logits.max(axis=1, keepdims=True))
    out: Array = exponent / exponent.sum(axis=1, keepdims=True)
    return out


def unknown_score(embeddings: Rows, prototypes: Array) -> Array:
    """(1 - largest cosine) / 2, clipped to [0, 1]. embeddings (N, D), prototypes (C, D), unit vectors -> (N,)."""
    return half_distance(embeddings @ prototypes.T)


def half_distance(cosines: Array) -> Array:
    """(1 - largest cosine) / 2, clipped to [0, 1]: cosines (N, C) -> (N,)."""
    out: Array = np.clip((1 - cosines.max(axis=1)) / 2, 0, 1).astype(np.float32)
    return out


def class_means(support: Array, labels: Labels, classes: int) -> Array:
    """L2-normalised mean of each class's support: (S, D), (S,) -> prototypes (C, D).

    Raises ValueError where a class has no support.
    """
    counts = np.bincount(labels, minlength=classes)
    if len(counts) > classes or not counts.all():
        raise ValueError("every class needs at least one support embedding")
    means: Array = (class_sums(support, labels, classes) / counts[:, None]).astype(np.float32)
    return normalise_rows(means)


def class_sums(support: Array, labels: Labels, classes: int) -> Array:
    """Sum of each class's support: (S, D), (S,) -> (C, D)."""
    # A product, not np.add.at: that holds the interpreter's lock, half a second at 100,000 tags.
    out: Array = np.eye(classes, dtype=np.float32)[:, labels] @ support
    return out


def normalise_rows(rows: Array) -> Array:
    """L2-normalise each row; a zero row stays zero."""
    out: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-8)
    return out
