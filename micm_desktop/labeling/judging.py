"""From tags and embeddings to verdicts on all images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from micm_desktop.fewshot.head import LinearHead
from micm_desktop.labeling.embedded import Embeddings
from micm_desktop.labeling.values import Predictions
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

METHOD_SETTING = "method"


@dataclass(frozen=True)
class Fitted:
    """A head over ``embeddings``, fitted to the tags of ``classes``."""

    embeddings: Embeddings
    head: LinearHead
    classes: tuple[ClassRecord, ...]


def fit_tags(project: Project, embeddings: Embeddings | None) -> Fitted | None:
    """Fit the tags of images that have an embedding; None where fewer than two classes have one."""
    if embeddings is None:
        return None
    from micm_desktop.fewshot.classify import fit_head

    tags = {key: class_id for key, class_id in project.tags().items() if key in embeddings.rows}
    classes = tuple(record for record in project.classes() if record.id in set(tags.values()))
    if len(classes) < 2:
        return None
    index = {record.id: position for position, record in enumerate(classes)}
    keys = sorted(key for key, class_id in tags.items() if class_id in index)
    support = embeddings.values[[embeddings.rows[key] for key in keys]]
    labels = np.array([index[tags[key]] for key in keys], np.int64)
    method = project.setting(METHOD_SETTING, "auto")
    unlabeled = embeddings.values if method == "opta" else None
    return Fitted(embeddings, fit_head(method, support, labels, len(classes), unlabeled), classes)


def score_images(
    fitted: Fitted, images: Sequence[ImageRecord], previous: dict[str, int]
) -> tuple[Predictions, dict[str, int]]:
    """Verdicts on ``images``, and the class id of each content hash; ``previous`` is the latter of the call before."""
    embeddings, head, classes = fitted.embeddings, fitted.head, fitted.classes
    scores = head.probabilities(embeddings.values)
    far = head.unknown_score(embeddings.values) > head.unknown_threshold
    position = np.array([embeddings.rows.get(image.sha256, -1) for image in images], np.int64)
    known = position >= 0
    probabilities = np.where(known[:, None], scores[position], np.float32(0))
    class_index = np.where(known, probabilities.argmax(axis=1), -1)
    ids = np.array([record.id for record in classes])
    current = {image.sha256: int(ids[index]) for image, index in zip(images, class_index, strict=True) if index >= 0}
    changed = sum(key in previous and previous[key] != value for key, value in current.items())
    predictions = Predictions(
        classes, class_index, probabilities.max(axis=1), probabilities, known & far[position], changed
    )
    return predictions, current
