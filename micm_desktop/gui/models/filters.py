"""Which images the Label page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from micm_desktop.project.records import UNSURE, ImageRecord

if TYPE_CHECKING:
    from micm_desktop.labeling import Predictions


@dataclass(frozen=True)
class Filter:
    """``class_id`` counts for ``predicted`` only."""

    kind: Literal["all", "untagged", "tagged", "unsure", "unknown", "ask", "predicted"] = "all"
    class_id: int = 0


def usable(images: Sequence[ImageRecord]) -> NDArray[np.bool_]:
    """(N,) whether each image can be read."""
    return np.fromiter((image.status == "ok" for image in images), np.bool_, len(images))


def matching_rows(
    chosen: Filter, readable: NDArray[np.bool_], tags: NDArray[np.int64], predictions: "Predictions | None"
) -> NDArray[np.int64]:
    """Indices (n,) of the readable images that ``chosen`` lets through.

    ``readable`` (N,), ``tags`` (N,) class ids with 0 for none, or UNSURE. Without predictions none is unknown,
    predicted or asked about.
    """
    match chosen.kind:
        case "all":
            wanted = readable
        case "untagged":
            wanted = readable & (tags <= 0)
        case "tagged":
            wanted = readable & (tags > 0)
        case "unsure":
            wanted = readable & (tags == UNSURE)
        case "unknown":
            wanted = readable & predictions.unknown if predictions is not None else np.zeros_like(readable)
        case "ask":
            wanted = readable & predictions.asked if predictions is not None else np.zeros_like(readable)
        case "predicted":
            wanted = readable & (predicted_class_ids(predictions, len(readable)) == chosen.class_id)
    return np.flatnonzero(wanted).astype(np.int64)


def predicted_class_ids(predictions: "Predictions | None", count: int) -> NDArray[np.int64]:
    """(count,) id of each image's predicted class; 0 where unknown or not predicted."""
    if predictions is None or not predictions.classes:
        return np.zeros(count, np.int64)
    ids = np.array([record.id for record in predictions.classes], np.int64)
    known = (predictions.class_index >= 0) & ~predictions.unknown
    return np.where(known, ids[np.maximum(predictions.class_index, 0)], 0)


def count_by_class(class_ids: NDArray[np.int64]) -> dict[int, int]:
    """How often each class id other than 0 occurs."""
    ids, counts = np.unique(class_ids[class_ids > 0], return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))
