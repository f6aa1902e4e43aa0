"""One entrance to the classifiers: fit a support set by the name of a method."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.calibration import fit_scale, scale_as_sure_as
from micm_desktop.fewshot.compact import Rows, finite_rows
from micm_desktop.fewshot.head import Array, Fitted, Labels, LinearHead, half_distance, softmax
from micm_desktop.fewshot.local import fit_local, split
from micm_desktop.fewshot.logistic import fit_logistic
from micm_desktop.fewshot.opta import fit_opta
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines
from micm_desktop.fewshot.ridge import fit_ridge, fit_self_trained
from micm_desktop.fewshot.shares import estimate_shares
from micm_desktop.fewshot.soft_kmeans import fit_soft_kmeans
from micm_desktop.fewshot.unknown import FALSE_REJECTION, fit_unknown_threshold
from micm_desktop.progress import UserError

READY_METHODS = ("auto", "prototype", "ridge", "opta", "opta-shares", "soft-kmeans", "logistic", "local")
METHODS = (*READY_METHODS, "finetune")
"""``finetune`` needs more than embeddings, and no model file holds it yet: ``evaluate`` measures it."""
Fit = Callable[[Array, Labels, int, Rows, Array | None], Fitted]
MIN_TAGS_TO_CHOOSE = 4
"""Tags that each class needs before ``auto`` compares methods on them; below, it takes ``ridge``."""
MOST_UNLABELED = 300
"""Unlabeled images that ``auto`` learns from, evenly spread: its time grows with their square."""
MOST_VIEWED = 150
"""Tagged images up to which ``auto`` learns from views of them: the more tags, the less those add and the more they
cost."""
LARGEST_SHARE = 1.5
"""``auto`` uses unlabeled images where ridge regression gives no class more than this many times its equal share of
them. Where nearly all are good parts they lead prototypes astray."""


@dataclass(frozen=True)
class SupportFit:
    """A fitted support set. ``held_out`` (S', C): what the head would say of the support images ``rows`` (S',), whose
    class has another one, without their tag; ``labels`` (S',) are theirs. ``scale`` is the factor that was fitted to
    the scores; 1 where a method has its own probabilities.
    """

    head: LinearHead
    held_out: Array
    rows: npt.NDArray[np.int64]
    labels: Labels
    scale: float
    unknown: Array
    """Unknown scores (S',) of the same images, without their tag."""


def check_method(method: str, choices: Sequence[str] = READY_METHODS) -> None:
    """Raises UserError for a method that does not exist, or that is not among ``choices``."""
    if method not in METHODS:
        raise UserError(f"Unknown method {method!r}. Choose one of: {', '.join(choices)}.")
    if method not in choices:
        raise UserError(
            f"The method {method!r} can be measured with evaluate; model files of it are not there yet. Choose one of:"
            f" {', '.join(choices)}."
        )


def fit_support(
    method: str,
    support: Array,
    labels: Labels,
    classes: int,
    unlabeled: Rows | None = None,
    false_rejection: float = FALSE_REJECTION,
    fit: Fit | None = None,
    views: Array | None = None,
) -> SupportFit:
    """Fit a support set. The temperature comes from leave-one-out where there are tags enough; ``logistic`` has its
    own probabilities.

    support (S, D) embeddings, labels (S,) in [0, classes), every class present; views (S, V, D): embeddings of
    augmented views of them, which ``auto`` uses; unlabeled (Q, D) embeddings, which ``opta`` and ``soft-kmeans`` use,
    and ``auto`` where each class has a single tag. ``false_rejection`` in (0, 1): share of images of tagged classes
    that may be called unknown. Held-out probabilities are those of ridge regression where the method has none of its
    own. Unlabeled images whose embedding is not finite are passed over. ``local`` takes rows of
    :func:`~micm_desktop.fewshot.local.join` for embeddings; ``finetune`` needs rows and ``fit`` of a
    :class:`~micm_desktop.fewshot.finetune.Finetuner`.

    Raises UserError for fewer than two classes, a method that is not there, or tagged images whose embedding is not
    finite.
    """
    if fit is None:
        check_method(method)
    if classes < 2:
        raise UserError("At least two classes need a tag. Tag one or more images of another class.")
    if not np.isfinite(support).all():
        raise UserError("The features of some images are damaged. Compute the features again.")
    seen = support[:0] if unlabeled is None else unlabeled
    fitted = (fit or FITS[method])(support, labels, classes, seen, views)
    scale = fit_scale(fitted.scores, fitted.labels)
    own = scale if fitted.scale is None else fitted.scale
    head = fitted.head.scaled(own)
    whole = support
    if method == "local":
        whole = split(support)[0]
    elif method == "finetune":
        whole = support[:, :-1]
    cosines, _ = leave_one_out_cosines(whole, labels, classes)
    threshold = fit_unknown_threshold(cosines, head.unknown_score(support), false_rejection)
    rows = np.flatnonzero(np.bincount(labels, minlength=classes)[labels] > 1)
    held_out = softmax(fitted.scores * np.float32(scale))
    return SupportFit(
        replace(head, unknown_threshold=threshold), held_out, rows, fitted.labels, own, half_distance(cosines)
    )


def fit_head(
    method: str,
    support: Array,
    labels: Labels,
    classes: int,
    unlabeled: Rows | None = None,
    views: Array | None = None,
) -> LinearHead:
    """The head of :func:`fit_support`."""
    return fit_support(method, support, labels, classes, unlabeled, views=views).head


def fit_best(support: Array, labels: Labels, classes: int, unlabeled: Rows, views: Array | None = None) -> Fitted:
    """Ridge regression on tagged images and their views; without the views, or prototypes, where those make clearly
    fewer errors on the tags, each judged without itself.

    Where a class has fewer than ``MIN_TAGS_TO_CHOOSE`` tags errors say little: then ridge regression, or where each
    has a single tag the same trained on unlabeled images, too, if those are not mostly of one class. Clearly: by more
    than the standard deviation of the number of tags that one alone gets right, were both as good.
    """
    if len(labels) > MOST_VIEWED:
        views = None
    best = fit_ridge(support, labels, classes, views)
    counts = np.bincount(labels, minlength=classes)
    # Where one class has more tags than another they were not drawn evenly, and unlabeled images lead astray.
    if counts.max() == 1 and len(unlabeled):
        some = _finite(unlabeled[:: -(-len(unlabeled) // MOST_UNLABELED)])
        predicted = np.bincount(best.head.logits(some).argmax(axis=1), minlength=classes)
        if len(some) and predicted.max() * classes <= LARGEST_SHARE * len(some):
            return _as_sure_as(best, fit_self_trained(support, labels, classes, some, views), some)
    if counts.min() < MIN_TAGS_TO_CHOOSE:
        return best
    others = [] if views is None else [fit_ridge(support, labels, classes)]
    for other in (*others, _prototypes(support, labels, classes)):
        if _clearly_better(other, best):
            best = other
    return best


def _clearly_better(other: Fitted, one: Fitted) -> bool:
    by_other, by_one = (fitted.scores.argmax(axis=1) == fitted.labels for fitted in (other, one))
    alone = int((by_other & ~by_one).sum()), int((by_one & ~by_other).sum())
    return alone[0] - alone[1] > math.sqrt(sum(alone))


def _as_sure_as(judged: Fitted, head: LinearHead, unlabeled: Array) -> Fitted:
    """A head that unlabeled images (N, D) were used for, no surer of them than ``judged`` is: prototypes that went to
    meet the images lie nearer to them than to others, and would be surer whether right or not."""
    calibrated = judged.head.scaled(fit_scale(judged.scores, judged.labels))
    confidence = float(calibrated.probabilities(unlabeled).max(axis=1).mean())
    return judged._replace(head=head, scale=scale_as_sure_as(head.logits(unlabeled), confidence))


def _finite(embeddings: Rows) -> Array:
    """Those of embeddings (N, D) that are finite."""
    out: Array = embeddings[finite_rows(embeddings)]
    return out


def _prototypes(support: Array, labels: Labels, classes: int) -> Fitted:
    return Fitted(fit_prototypes(support, labels, classes), *leave_one_out_cosines(support, labels, classes))


def _opta(support: Array, labels: Labels, classes: int, unlabeled: Rows, _: Array | None) -> Fitted:
    unlabeled = _finite(unlabeled)
    fitted, head = _prototypes(support, labels, classes), fit_opta(support, labels, classes, unlabeled)
    return _as_sure_as(fitted, head, unlabeled) if len(unlabeled) else fitted


def _opta_shares(support: Array, labels: Labels, classes: int, unlabeled: Rows, _: Array | None) -> Fitted:
    """OpTA with the class shares that the prototypes' predictions tell."""
    unlabeled = _finite(unlabeled)
    fitted = _prototypes(support, labels, classes)
    if not len(unlabeled):
        return fitted
    scale = np.float32(fit_scale(fitted.scores, fitted.labels))
    shares = estimate_shares(softmax(fitted.head.logits(unlabeled) * scale))
    return _as_sure_as(fitted, fit_opta(support, labels, classes, unlabeled, shares), unlabeled)


def _soft_kmeans(support: Array, labels: Labels, classes: int, unlabeled: Rows, _: Array | None) -> Fitted:
    unlabeled = _finite(unlabeled)
    fitted, head = _prototypes(support, labels, classes), fit_soft_kmeans(support, labels, classes, unlabeled)
    return _as_sure_as(fitted, head, unlabeled) if len(unlabeled) else fitted


def _logistic(support: Array, labels: Labels, classes: int, unlabeled: Rows, _: Array | None) -> Fitted:
    return fit_ridge(support, labels, classes)._replace(head=fit_logistic(support, labels, classes), scale=1.0)


FITS: Mapping[str, Fit] = {
    "auto": fit_best,
    "ridge": lambda support, labels, classes, *_: fit_ridge(support, labels, classes),
    "prototype": lambda support, labels, classes, *_: _prototypes(support, labels, classes),
    "opta": _opta,
    "opta-shares": _opta_shares,
    "soft-kmeans": _soft_kmeans,
    "logistic": _logistic,
    "local": lambda support, labels, classes, *_: fit_local(support, labels, classes),
}
