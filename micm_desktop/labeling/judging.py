"""From tags and embeddings to verdicts on all images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.head import LinearHead
from micm_desktop.fewshot.shares import some_of
from micm_desktop.labeling.deciding import DecisionSettings, policy_for
from micm_desktop.labeling.embedded import Embeddings
from micm_desktop.labeling.values import HeldOut, Predictions
from micm_desktop.labeling.viewed import support_views
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.fewshot.decision import Policy

METHOD_SETTING = "method"


@dataclass(frozen=True)
class Fitted:
    """A head over ``embeddings``, fitted to the images ``keys`` (S) with ``labels`` (S,) in ``classes``, and how
    ``policy`` decides on them.
    """

    embeddings: Embeddings
    head: LinearHead
    classes: tuple[ClassRecord, ...]
    held_out: HeldOut
    policy: "Policy"
    keys: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    views: npt.NDArray[np.float32] | None
    """Embeddings (S, V, E) of views that were learned from, too."""

    @property
    def support(self) -> npt.NDArray[np.float32]:
        """The embeddings (S, E) that were learned from."""
        return self.embeddings.values[[self.embeddings.rows[key] for key in self.keys]]


def fit_tags(
    project: Project, embeddings: Embeddings | None, settings: DecisionSettings, method: str = ""
) -> Fitted | None:
    """Fit the tags of images that have an embedding, without the test set; None where fewer than two classes have one.
    Without ``method`` by the project's.

    Raises UserError where the test set is another than when the embeddings were made: they are centred without it.
    """
    if embeddings is None:
        return None
    from micm_desktop.fewshot.classify import fit_support

    if project.locked() != embeddings.locked:
        raise UserError("The test set has changed since the features were loaded. Load them again.")
    tags = {key: class_id for key, class_id in project.support_tags().items() if key in embeddings.rows}
    classes = tuple(record for record in project.classes() if record.id in set(tags.values()))
    if len(classes) < 2:
        return None
    index = {record.id: position for position, record in enumerate(classes)}
    keys = sorted(key for key, class_id in tags.items() if class_id in index)
    support = embeddings.values[[embeddings.rows[key] for key in keys]]
    labels = np.array([index[tags[key]] for key in keys], np.int64)
    method = method or project.setting(METHOD_SETTING, "auto")
    views = support_views(embeddings, keys)
    fit = fit_support(
        method, support, labels, len(classes), embeddings.learnable, settings.false_rejection, views=views
    )
    held_out = HeldOut(
        tuple(keys[row] for row in fit.rows), fit.labels, fit.held_out, fit.unknown > fit.head.unknown_threshold
    )
    # Some images tell how frequent defects are: one that is explained need not wait for a verdict on all of them.
    policy = policy_for(settings, classes, fit.head.probabilities(some_of(embeddings.learnable)))
    return Fitted(embeddings, fit.head, classes, held_out, policy, tuple(keys), labels, views)


@dataclass(frozen=True)
class Scored:
    """What a call of :func:`score_images` found, for the next one: the place (N,) of each of ``images`` among the
    embeddings, -1 for none."""

    images: Sequence[ImageRecord]
    embeddings: Embeddings
    position: npt.NDArray[np.int64]


def score_images(fitted: Fitted, images: Sequence[ImageRecord], before: Scored | None) -> tuple[Predictions, Scored]:
    """Verdicts on ``images``, and what to give the next call as ``before``."""
    from micm_desktop.fewshot.decision import decide

    embeddings, classes = fitted.embeddings, fitted.classes
    judged, unknown = fitted.head.judge(embeddings.values)
    far = unknown > fitted.head.unknown_threshold
    decisions = decide(judged, far, fitted.policy)
    if before is not None and before.images is images and before.embeddings is embeddings:
        position = before.position
    else:
        position = np.array([embeddings.rows.get(image.sha256, -1) for image in images], np.int64)
    # Features may be damaged on the disk: their images are not judged.
    finite = np.asarray(np.isfinite(judged).all(axis=1))
    known = (position >= 0) & finite[position]
    probabilities = np.where(known[:, None], judged[position], np.float32(0))
    class_index = np.where(known, decisions.class_index[position], -1)
    rows = np.arange(len(images))
    held_out = np.full(len(judged), -1, np.int64)
    held_out[[embeddings.rows[key] for key in fitted.held_out.keys]] = np.arange(len(fitted.held_out.keys))
    predictions = Predictions(
        classes,
        class_index,
        probabilities[rows, np.maximum(class_index, 0)],
        probabilities,
        known & far[position],
        np.where(known, decisions.outcome[position], -1).astype(np.int8),
        np.where(known, decisions.risk[position], np.float32(0)),
        fitted.policy,
        fitted.held_out,
        np.where(position >= 0, held_out[position], -1),
        np.where(known, unknown[position], np.float32(0)),
    )
    return predictions, Scored(images, embeddings, position)
