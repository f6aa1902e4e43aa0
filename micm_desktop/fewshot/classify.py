"""One entrance to the classifiers: fit a support set by the name of a method."""

from dataclasses import replace

import numpy as np

from micm_desktop.fewshot.decision import fit_scale, fit_unknown_threshold
from micm_desktop.fewshot.head import Array, Labels, LinearHead
from micm_desktop.fewshot.logistic import fit_logistic
from micm_desktop.fewshot.opta import fit_opta
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines
from micm_desktop.progress import UserError

METHODS = ("auto", "prototype", "opta", "logistic", "finetune", "local")
READY_METHODS = ("auto", "prototype", "opta", "logistic")
MIN_TAGS_TO_CHOOSE = 4
"""Tags that each class needs before ``auto`` compares methods on them; below, it takes ``prototype``."""
FOLDS = 4


def check_method(method: str) -> None:
    """Raises UserError for a method that does not exist or is not there yet."""
    if method not in METHODS:
        raise UserError(f"Unknown method {method!r}. Choose one of: {', '.join(READY_METHODS)}.")
    if method not in READY_METHODS:
        raise UserError(f"The method {method!r} is not there yet. Choose one of: {', '.join(READY_METHODS)}.")


def fit_head(method: str, support: Array, labels: Labels, classes: int, unlabeled: Array | None = None) -> LinearHead:
    """Fit a support set. Cosine methods get their temperature by leave-one-out where there are tags enough;
    ``logistic`` has its own probabilities.

    support (S, D) embeddings, labels (S,) in [0, classes), every class present; unlabeled (Q, D) embeddings, which only
    ``opta`` uses. Raises UserError for fewer than two classes, a method that is not there, or values that are not
    finite.
    """
    check_method(method)
    if classes < 2:
        raise UserError("At least two classes need a tag. Tag one or more images of another class.")
    if not np.isfinite(support).all() or (unlabeled is not None and not np.isfinite(unlabeled).all()):
        raise UserError("The features of some images are damaged. Compute the features again.")
    if method == "auto":
        method = choose_method(support, labels, classes)
    cosines, held_out = leave_one_out_cosines(support, labels, classes)
    if method == "logistic":
        head = fit_logistic(support, labels, classes)
    elif method == "opta":
        head = fit_opta(support, labels, classes, support[:0] if unlabeled is None else unlabeled)
        head = head.scaled(fit_scale(cosines, held_out))
    else:
        head = fit_prototypes(support, labels, classes).scaled(fit_scale(cosines, held_out))
    threshold = fit_unknown_threshold(support, labels, head.prototypes, cosines)
    return replace(head, unknown_threshold=threshold)


def choose_method(support: Array, labels: Labels, classes: int) -> str:
    """``logistic`` where it makes fewer errors than ``prototype`` in cross-validation on the support, else
    ``prototype``; the latter too where a class has fewer than ``MIN_TAGS_TO_CHOOSE`` tags.
    """
    if np.bincount(labels, minlength=classes).min() < MIN_TAGS_TO_CHOOSE:
        return "prototype"
    position = np.empty(len(labels), np.int64)
    for label in range(classes):
        rows = np.flatnonzero(labels == label)
        position[rows] = np.arange(len(rows)) % FOLDS
    errors = {"prototype": 0, "logistic": 0}
    for fold in range(FOLDS):
        train, test = position != fold, position == fold
        for name, fit in (("prototype", fit_prototypes), ("logistic", fit_logistic)):
            head = fit(support[train], labels[train], classes)
            errors[name] += int((head.logits(support[test]).argmax(axis=1) != labels[test]).sum())
    return "logistic" if errors["logistic"] < errors["prototype"] else "prototype"
