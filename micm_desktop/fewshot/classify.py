"""One entrance to the classifiers: fit a support set by the name of a method."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from micm_desktop.fewshot.decision import fit_scale, fit_unknown_threshold
from micm_desktop.fewshot.head import Array, Fitted, Labels, LinearHead
from micm_desktop.fewshot.local import fit_local
from micm_desktop.fewshot.logistic import fit_logistic
from micm_desktop.fewshot.opta import fit_opta
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines
from micm_desktop.fewshot.ridge import fit_ridge
from micm_desktop.progress import UserError

METHODS = ("auto", "prototype", "ridge", "opta", "logistic", "finetune", "local")
READY_METHODS = ("auto", "prototype", "ridge", "opta", "logistic", "local")
MIN_TAGS_TO_CHOOSE = 4
"""Tags that each class needs before ``auto`` compares methods on them; below, it takes ``ridge``."""


def check_method(method: str) -> None:
    """Raises UserError for a method that does not exist or is not there yet."""
    if method not in METHODS:
        raise UserError(f"Unknown method {method!r}. Choose one of: {', '.join(READY_METHODS)}.")
    if method not in READY_METHODS:
        raise UserError(f"The method {method!r} is not there yet. Choose one of: {', '.join(READY_METHODS)}.")


def fit_head(method: str, support: Array, labels: Labels, classes: int, unlabeled: Array | None = None) -> LinearHead:
    """Fit a support set. The temperature comes from leave-one-out where there are tags enough; ``logistic`` has its
    own probabilities.

    support (S, D) embeddings, labels (S,) in [0, classes), every class present; unlabeled (Q, D) embeddings, which only
    ``opta`` uses. Raises UserError for fewer than two classes, a method that is not there, or values that are not
    finite.
    """
    check_method(method)
    if classes < 2:
        raise UserError("At least two classes need a tag. Tag one or more images of another class.")
    if not np.isfinite(support).all() or (unlabeled is not None and not np.isfinite(unlabeled).all()):
        raise UserError("The features of some images are damaged. Compute the features again.")
    if method == "local":
        return fit_local(support, labels, classes)
    cosines, held_out = leave_one_out_cosines(support, labels, classes)
    if method == "logistic":
        head = fit_logistic(support, labels, classes)
    elif method == "opta":
        opta = fit_opta(support, labels, classes, support[:0] if unlabeled is None else unlabeled)
        head = opta.scaled(fit_scale(cosines, held_out))
    else:
        fitted = FITS[method](support, labels, classes)
        head = fitted.head.scaled(fit_scale(fitted.scores, fitted.labels))
    return replace(head, unknown_threshold=fit_unknown_threshold(support, labels, head.prototypes, cosines))


def fit_best(support: Array, labels: Labels, classes: int) -> Fitted:
    """Ridge regression, or prototypes where those make fewer errors on the tags, each judged without itself.

    Ridge regression, too, where a class has fewer than ``MIN_TAGS_TO_CHOOSE`` tags: then errors say little.
    """
    ridge = fit_ridge(support, labels, classes)
    if np.bincount(labels, minlength=classes).min() < MIN_TAGS_TO_CHOOSE:
        return ridge
    prototypes = _prototypes(support, labels, classes)
    return prototypes if prototypes.errors < ridge.errors else ridge


def _prototypes(support: Array, labels: Labels, classes: int) -> Fitted:
    return Fitted(fit_prototypes(support, labels, classes), *leave_one_out_cosines(support, labels, classes))


FITS: Mapping[str, Callable[[Array, Labels, int], Fitted]] = {
    "auto": fit_best,
    "ridge": fit_ridge,
    "prototype": _prototypes,
}
"""Methods that say at once what each tag would be judged as without itself."""
