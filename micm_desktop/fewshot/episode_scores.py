"""What judged episodes sum up to: accuracy, calibration, unknowns and costs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from micm_desktop.fewshot.calibration import calibration_error
from micm_desktop.fewshot.classify import fit_support
from micm_desktop.fewshot.decision import ASK_COST, FALSE_ALARM_COST, MISS_COST, Outcome
from micm_desktop.fewshot.episodes import EpisodeConfig, JudgedEpisode, judge_episodes
from micm_desktop.fewshot.head import Array, Labels

Mask = npt.NDArray[np.bool_]

Z95 = 1.96
PARTS = 1000


@dataclass(frozen=True)
class EpisodeResult:
    """Means over episodes. ``accuracy`` in [0, 1], of the most probable classes, and half of its 95 % confidence
    interval; ``balanced_accuracy`` weighs each class the same, however many queries it has.
    """

    shots: int
    accuracy: float
    ci95: float
    balanced_accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error in [0, 1]: ``fitted``, and ``uncalibrated`` by the raw scores' softmax."""

    fitted: float
    uncalibrated: float


@dataclass(frozen=True)
class UnknownScore:
    """One class of each episode left out of the support set. Areas under the ROC curve that tell its images from those
    of the other classes: ``auroc`` by the unknown score, ``auroc_max_probability`` by the largest probability alone.
    ``false_rejection``: share of images of tagged classes that are called unknown.
    """

    auroc: float
    auroc_max_probability: float
    false_rejection: float


@dataclass(frozen=True)
class CostScore:
    """By the default costs, class 0 of each episode being the good one: share of defects that pass as good, of good
    parts called a defect, of all parts that a person is asked about; and the cost of 1,000 such parts, in false alarms,
    beside that of taking the most probable class (``cost_most_probable``).

    Unknown images are asked about.
    """

    missed: float
    false_alarms: float
    asked: float
    cost: float
    cost_most_probable: float


@dataclass(frozen=True)
class EpisodeScores:
    """``unknown`` is None where episodes have two classes only."""

    result: EpisodeResult
    calibration: Calibration
    unknown: UnknownScore | None
    costs: CostScore


def score_episodes(
    judged: Iterable[JudgedEpisode], embeddings: Array, config: EpisodeConfig, views: Array | None = None
) -> EpisodeScores:
    """Sum up. embeddings (N, D) and views (N, V, D) are those that were judged."""
    accuracies, balanced, confidences, raw, correct, raw_correct = [], [], [], [], [], []
    unknown, good, outcomes, likely_good = [], [], [], []
    for one in judged:
        truth = one.episode.truth
        right = one.probabilities.argmax(axis=1) == truth
        accuracies.append(right.mean())
        balanced.append(balanced_accuracy(right, truth))
        confidences.append(one.probabilities.max(axis=1))
        correct.append(right)
        raw.append(one.raw.max(axis=1))
        raw_correct.append(one.raw.argmax(axis=1) == truth)
        if len(one.episode.classes) > 2:
            unknown.append(_without_last_class(one, embeddings, config, views))
        good.append(truth == 0)
        outcomes.append(one.decisions.outcome)
        likely_good.append(one.probabilities.argmax(axis=1) == 0)
    return EpisodeScores(
        mean_result(config.shots, accuracies, balanced),
        Calibration(
            calibration_error(np.concatenate(confidences), np.concatenate(correct)),
            calibration_error(np.concatenate(raw), np.concatenate(raw_correct)),
        ),
        UnknownScore(*np.mean(unknown, axis=0).tolist()) if unknown else None,
        _costs(np.concatenate(good), np.concatenate(outcomes), np.concatenate(likely_good)),
    )


def balanced_accuracy(right: Mask, truth: Labels) -> float:
    """Mean over the classes of ``truth`` (Q,) of the share that is ``right`` (Q,)."""
    return float(np.mean([right[truth == label].mean() for label in np.unique(truth)]))


def mean_result(shots: int, accuracies: Sequence[float], balanced: Sequence[float]) -> EpisodeResult:
    """Of each episode's accuracy, and that with each class weighing the same."""
    spread = np.std(accuracies, ddof=1) if len(accuracies) > 1 else 0.0
    interval = float(Z95 * spread / np.sqrt(len(accuracies)))
    return EpisodeResult(shots, float(np.mean(accuracies)), interval, float(np.mean(balanced)))


def _without_last_class(
    one: JudgedEpisode, embeddings: Array, config: EpisodeConfig, views: Array | None
) -> tuple[float, float, float]:
    """AUROC by the unknown score, by the largest probability, and the false rejections, without the last class."""
    last = len(one.episode.classes) - 1
    support, labels = one.episode.support, one.episode.labels
    query = embeddings[one.episode.queries]
    known = labels < last
    rows = support[known]
    seen = None if views is None else views[rows]
    fit = fit_support(config.method, embeddings[rows], labels[known], last, query, fit=config.fit, views=seen)
    head = fit.head
    is_unknown = one.episode.truth == last
    score = head.unknown_score(query)
    return (
        float(roc_auc_score(is_unknown, score)),
        float(roc_auc_score(is_unknown, 1 - head.probabilities(query).max(axis=1))),
        float((score[~is_unknown] > head.unknown_threshold).mean()),
    )


def _costs(good: Mask, outcomes: npt.NDArray[np.int8], likely_good: Mask) -> CostScore:
    asked = (outcomes == Outcome.ASK) | (outcomes == Outcome.UNKNOWN)
    missed = ~good & (outcomes == Outcome.GOOD)
    alarms = good & (outcomes == Outcome.DEFECT)
    paid = MISS_COST * missed + FALSE_ALARM_COST * alarms + ASK_COST * asked
    plain = MISS_COST * (~good & likely_good) + FALSE_ALARM_COST * (good & ~likely_good)
    return CostScore(
        float(missed.sum() / max((~good).sum(), 1)),
        float(alarms.sum() / max(good.sum(), 1)),
        float(asked.mean()),
        float(PARTS * paid.mean()),
        float(PARTS * plain.mean()),
    )


def run_episodes(embeddings: Array, labels: Labels, config: EpisodeConfig, views: Array | None = None) -> EpisodeScores:
    """Draw, judge and sum up. Raises UserError as :func:`~micm_desktop.fewshot.episodes.judge_episodes`."""
    return score_episodes(judge_episodes(embeddings, labels, config, views), embeddings, config, views)
