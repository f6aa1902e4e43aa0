"""Which class is taken for which, and precision and recall of each with exact intervals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, confusion_matrix, recall_score

from micm_desktop.evaluation.judged import Judged
from micm_desktop.fewshot.expected import Rate, clopper_pearson
from micm_desktop.fewshot.head import Labels


@dataclass(frozen=True)
class Confusion:
    """``counts`` (K, C + 2): images by the class they have, and by the class they get, the last two columns being those
    that a person is asked about and the unknown ones.
    """

    counts: npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClassScore:
    """Of one class: ``recall``, the share of its images that are judged so, and ``precision``, the share of images
    judged so that are of it, both among the judged images as they are mixed; an image that a person is asked about, or
    that is unknown, is judged nothing. ``average_precision`` in [0, 1] of its probability; None where that cannot be
    told.
    """

    recall: Rate
    precision: Rate
    average_precision: float | None

    @property
    def tagged(self) -> int:
        """Judged images that have this class."""
        return self.recall.total


def count_confusion(judged: Judged, classes: int) -> Confusion:
    """The matrix of ``classes`` K; N may be 0."""
    trained = judged.trained
    size = max(classes, trained + 2)
    if not len(judged):
        return Confusion(np.zeros((classes, trained + 2), np.int64))
    counts = confusion_matrix(judged.labels, judged.column, labels=np.arange(size))
    return Confusion(np.asarray(counts[:classes, : trained + 2], np.int64))


def class_scores(judged: Judged, classes: int) -> tuple[ClassScore, ...]:
    """One for each of ``classes`` K. What was never learned is never judged so."""
    counts = count_confusion(judged, classes).counts
    scores = []
    for index in range(classes):
        learned = index < judged.trained
        right = int(counts[index, index]) if learned else 0
        named = int(counts[:, index].sum()) if learned else 0
        truth = judged.labels == index
        tells = learned and truth.any() and not truth.all()
        scores.append(
            ClassScore(
                clopper_pearson(right, int(counts[index].sum())),
                clopper_pearson(right, named),
                float(average_precision_score(truth, judged.probabilities[:, index])) if tells else None,
            )
        )
    return tuple(scores)


def balanced_accuracy(labels: Labels, predicted: Labels) -> float | None:
    """Mean over the classes of ``labels`` (N,) of the share that is ``predicted`` (N,) right; None without images."""
    if not len(labels):
        return None
    return float(recall_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
