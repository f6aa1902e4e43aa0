"""Patches matched to the tagged images' patches, beside ridge regression on the whole image's embedding.

Each image brings its most salient patches. A patch counts by its salience, and its likeness to a tagged image is the
cosine to that image's most similar patch (as in naive-Bayes nearest neighbours, Boiman et al. 2008, and deep nearest
neighbour networks, Li et al. 2019, arXiv:1903.12290); a class's score is the mean over its tagged images. Alone it
loses to ridge regression on whole images, so it is added to it.

What is judged are *rows*: an image's embedding with its patches behind it, so that rows go wherever embeddings do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from micm_desktop.fewshot.calibration import fit_scale
from micm_desktop.fewshot.compact import Rows
from micm_desktop.fewshot.head import Array, Fitted, Labels, LinearHead, softmax, unknown_score
from micm_desktop.fewshot.ridge import fit_ridge
from micm_desktop.progress import UserError

PATCHES = 16
"""Salient patches of an image; 8 and 32 differ by less than a point on the generated sets."""
DEFAULT_SHARE = 1.0
"""Of the patches' scores, beside ridge regression's, while there is no second tag to judge by."""
SHARES = (0.0, 0.5, 1.0, 2.0, 4.0)
PRIOR_STRENGTH = 2.0
"""The prior on the share weighs as much as this many tags."""
IMAGES_PER_CLASS = 32
"""Tagged images that are matched, spread over those of the class: enough, and a model file stays small."""


class Patches(NamedTuple):
    """The ``PATCHES`` (M) most salient patches of N images: ``values`` (N, M, D), ``weights`` (N, M).

    The weights of an image sum to 1. 0 marks places without a patch, where a region has fewer.
    """

    values: Array
    weights: Array

    def of(self, rows: Labels | slice) -> "Patches":
        return Patches(self.values[rows], self.weights[rows])


@dataclass(frozen=True, kw_only=True)
class LocalHead(LinearHead):
    """A linear head over embeddings, and the patches of the tagged images.

    ``bank`` (C, I, M, D), centred on ``patch_mean`` (D,) and L2-normalised; ``weights`` (C, I, M), 0 where there is no
    patch. Logits are those of the linear head, plus ``share`` times the patches' score.
    """

    bank: Array
    weights: Array
    patch_mean: Array
    share: float

    def logits(self, embeddings: Rows) -> Array:
        """Of rows as :func:`join` makes them, (N, E') -> (N, C)."""
        whole, patches, _ = split(embeddings[:])
        out: Array = super().logits(whole) + np.float32(self.share) * self.local_scores(patches)
        return out

    def local_scores(self, patches: Patches) -> Array:
        """The patches' score of each class, less its mean over the classes: (N, C)."""
        classes, images = self.bank.shape[:2]
        likeness = _likeness(
            _centred(patches.values, self.patch_mean),
            patches.weights,
            self.bank.reshape(classes * images, *self.bank.shape[2:]),
            self.weights.reshape(classes * images, -1),
        ).reshape(-1, classes, images)
        there = self.weights.any(axis=2)
        scores = (likeness * there).sum(axis=2) / np.maximum(there.sum(axis=1), 1)
        out: Array = scores - scores.mean(axis=1, keepdims=True)
        return out

    def unknown_score(self, embeddings: Rows) -> Array:
        """As :meth:`LinearHead.unknown_score`, of rows."""
        return unknown_score(split(embeddings[:])[0], self.prototypes)

    def judge(self, embeddings: Rows) -> tuple[Array, Array]:
        """:meth:`probabilities` and :meth:`unknown_score`."""
        return self.probabilities(embeddings), self.unknown_score(embeddings)

    def scaled(self, scale: float) -> "LocalHead":
        weight, bias = self.weight * np.float32(scale), self.bias * np.float32(scale)
        return replace(self, weight=weight, bias=bias, share=self.share * scale)


def join(embeddings: Array, queries: Patches, tagged: Patches) -> Array:
    """Rows of images: embeddings (N, E), their patches as ``queries``, and those that count once they are ``tagged``,
    which lie in marked regions where there are any -> (N, E'), whose last column says how long a patch is."""
    count, _, size = queries.values.shape
    blocks = [part.reshape(count, -1) for both in (queries, tagged) for part in both]
    return np.concatenate([embeddings, *blocks, np.full((count, 1), size)], axis=1, dtype=np.float32)


def split(rows: Array) -> tuple[Array, Patches, Patches]:
    """What :func:`join` has joined. Raises UserError where there are no patches behind the embeddings."""
    size = int(rows[0, -1]) if len(rows) else 0
    tail = 2 * PATCHES * (size + 1) + 1
    if size < 1 or tail >= rows.shape[1]:
        raise UserError("The method 'local' compares patches, which are not kept here. Choose another method.")
    whole, ends = rows[:, :-tail], np.cumsum([PATCHES * size, PATCHES] * 2)
    blocks = np.split(rows[:, -tail:-1], ends[:-1], axis=1)
    first, second = (
        Patches(values.reshape(len(rows), PATCHES, size), weights)
        for values, weights in ((blocks[0], blocks[1]), (blocks[2], blocks[3]))
    )
    return whole, first, second


def fit_local(support: Array, labels: Labels, classes: int) -> Fitted:
    """Fit rows (S, E') with labels (S,) in [0, C), each class present.

    The share of the patches is that with the least log loss on the tags, each judged without itself, near
    ``DEFAULT_SHARE`` while there are few. The patches' centre is that of all tags.
    """
    whole, queries, tagged = split(support)
    ridge = fit_ridge(whole, labels, classes)
    head = _with_bank(ridge.head, tagged, labels, classes)
    counts = np.bincount(labels, minlength=classes)[labels]
    local = _leave_one_out(head.patch_mean, queries, tagged, labels, classes)[counts > 1]
    share = _fit_share(ridge.scores, local, ridge.labels)
    return Fitted(replace(head, share=share), ridge.scores + np.float32(share) * local, ridge.labels)


def _with_bank(head: LinearHead, tagged: Patches, labels: Labels, classes: int) -> LocalHead:
    there = tagged.weights > 0
    mean = tagged.values[there].mean(axis=0, dtype=np.float32)
    members = [_spread(np.flatnonzero(labels == index)) for index in range(classes)]
    longest = max(map(len, members))
    bank = np.zeros((classes, longest, *tagged.values.shape[1:]), np.float32)
    weights = np.zeros((classes, longest, PATCHES), np.float32)
    for index, rows in enumerate(members):
        bank[index, : len(rows)] = _centred(tagged.values[rows], mean)
        weights[index, : len(rows)] = tagged.weights[rows]
    return LocalHead(
        head.weight, head.bias, head.prototypes, bank=bank, weights=weights, patch_mean=mean, share=DEFAULT_SHARE
    )


def _spread(rows: Sequence[int] | Labels) -> Sequence[int] | Labels:
    return rows[:: -(-len(rows) // IMAGES_PER_CLASS)]


def _centred(values: Array, mean: Array) -> Array:
    centred = values - mean
    out: Array = centred / np.maximum(np.linalg.norm(centred, axis=-1, keepdims=True), 1e-8)
    return out


def _likeness(queries: Array, weights: Array, images: Array, there: Array) -> Array:
    """Weighted mean over an image's patches of the cosine to each tagged image's most similar one.

    queries (N, M, D), weights (N, M), images (K, M, D), there (K, M), above 0 where a patch is -> (N, K).
    """
    size = queries.shape[2]
    cosines = (queries.reshape(-1, size) @ images.reshape(-1, size).T).reshape(-1, *there.shape)
    cosines[:, there <= 0] = -1.0
    nearest = cosines.max(axis=2).reshape(*weights.shape, -1)
    out: Array = np.einsum("nm,nmk->nk", weights, nearest)
    return out


def _leave_one_out(mean: Array, queries: Patches, tagged: Patches, labels: Labels, classes: int) -> Array:
    """The patches' score of each tagged image by the others: (S, C)."""
    likeness = _likeness(_centred(queries.values, mean), queries.weights, _centred(tagged.values, mean), tagged.weights)
    others = np.eye(classes, dtype=np.float32)[labels][None] * (1 - np.eye(len(labels), dtype=np.float32))[:, :, None]
    scores = np.einsum("sk,skc->sc", likeness, others) / np.maximum(others.sum(axis=1), 1)
    out: Array = scores - scores.mean(axis=1, keepdims=True)
    return out


def _fit_share(whole: Array, local: Array, labels: Labels) -> float:
    if not len(labels):
        return DEFAULT_SHARE
    losses = []
    for share in SHARES:
        scores = whole + np.float32(share) * local
        chosen = softmax(scores * np.float32(fit_scale(scores, labels)))[np.arange(len(labels)), labels]
        prior = PRIOR_STRENGTH * ((share - DEFAULT_SHARE) / 2) ** 2
        losses.append(float(-np.log(np.maximum(chosen, 1e-12)).sum() + prior))
    return SHARES[int(np.argmin(losses))]
