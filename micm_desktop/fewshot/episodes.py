"""N-way K-shot episodes over labeled embeddings: the field's protocol, judged as the product judges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.classify import Fit, SupportFit, fit_support
from micm_desktop.fewshot.decision import Decisions, decide, default_policy, estimate_defect_share
from micm_desktop.fewshot.head import Array, Labels, softmax
from micm_desktop.progress import UserError

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class EpisodeConfig:
    """``imbalance``: how many queries of the good class there are to one of all other classes together; 0 draws the
    same number of each. ``good``: the label of the good class, which every imbalanced episode has; where an episode has
    none, the first class drawn plays its part. ``fit`` takes the place of the method's own, for methods that need more
    than embeddings.
    """

    ways: int = 5
    shots: int = 5
    queries: int = 15
    episodes: int = 600
    method: str = "prototype"
    seed: int = 0
    imbalance: int = 0
    good: int | None = None
    fit: Fit | None = None


@dataclass(frozen=True)
class Episode:
    """Rows of the embeddings: ``support`` (ways·shots,) with ``labels`` in [0, ways), and ``queries`` (Q,) with
    ``truth``; ``classes`` (ways,) are the labels of the whole set. Class 0 is the good one.
    """

    number: int
    classes: Labels
    support: Rows
    labels: Labels
    queries: Rows
    truth: Labels


@dataclass(frozen=True)
class JudgedEpisode:
    """What is said of an episode's queries.

    ``probabilities`` (Q, ways); ``raw`` (Q, ways): the softmax of scores that no temperature was fitted to;
    ``unknown`` (Q,): unknown scores; ``decisions`` under the default costs and estimated shares.
    """

    episode: Episode
    fit: SupportFit
    probabilities: Array
    raw: Array
    unknown: Array
    decisions: Decisions


def usable_classes(labels: Labels, shots: int, queries: int) -> list[int]:
    """Classes with images enough for a support set and queries."""
    values, counts = np.unique(labels, return_counts=True)
    return [int(value) for value, count in zip(values, counts, strict=True) if count >= shots + queries]


def skipped_classes(labels: Labels, names: Sequence[str], shots: Sequence[int], queries: int) -> list[str]:
    """Names of the classes that are too small for the largest of ``shots``."""
    usable = set(usable_classes(labels, max(shots), queries))
    return [name for index, name in enumerate(names) if index not in usable]


def draw_episodes(labels: Labels, config: EpisodeConfig) -> Iterator[Episode]:
    """Draw support sets and queries from labels (N,); the same for the same seed.

    All classes are taken where there are fewer than ``ways``. Raises UserError where fewer than two are usable.
    """
    queries = 1 if config.imbalance else config.queries
    usable = usable_classes(labels, config.shots, queries)
    if len(usable) < 2:
        raise UserError(
            f"Episodes of {config.shots} shots and {queries} queries need two classes of {config.shots + queries}"
            f" images; {len(usable)} found. Use fewer --shots or --queries, or more images."
        )
    ways = min(config.ways, len(usable))
    rng = np.random.default_rng(config.seed)
    members = {label: np.flatnonzero(labels == label) for label in usable}
    wanted = config.shots + config.imbalance * (ways - 1)
    fewest = min(len(members[label]) for label in ([config.good] if config.good in members else usable))
    if config.imbalance and fewest < wanted:
        raise UserError(
            f"An imbalance of {config.imbalance} needs {wanted} images of the good class; there are {fewest}."
            " Use a smaller --imbalance or fewer --ways."
        )
    for number in range(config.episodes):
        classes = rng.choice(usable, ways, replace=False)
        if config.imbalance and config.good in usable and config.good not in classes:
            classes[0] = config.good
        drawn = {int(label): rng.permutation(members[int(label)]) for label in classes}
        classes = np.array(sorted(drawn, key=lambda label: label != config.good))
        counts = [queries] * ways
        if config.imbalance:
            counts[0] = config.imbalance * (ways - 1)
        rows = list(map(drawn.__getitem__, classes.tolist()))
        asked = [one[config.shots : config.shots + count] for one, count in zip(rows, counts, strict=True)]
        yield Episode(
            number,
            classes,
            np.concatenate([one[: config.shots] for one in rows]),
            np.repeat(np.arange(ways), config.shots),
            np.concatenate(asked),
            np.repeat(np.arange(ways), [len(one) for one in asked]),
        )


def judge_episodes(
    embeddings: Array, labels: Labels, config: EpisodeConfig, views: Array | None = None
) -> Iterator[JudgedEpisode]:
    """Fit each support set and judge its queries, which are the unlabeled images of methods that use some.

    embeddings (N, D), labels (N,), views (N, V, D) for methods that use some. Raises UserError as :func:`draw_episodes`
    and for methods that are not there.
    """
    for episode in draw_episodes(labels, config):
        ways = len(episode.classes)
        query = embeddings[episode.queries]
        support, seen = embeddings[episode.support], None if views is None else views[episode.support]
        fit = fit_support(config.method, support, episode.labels, ways, query, fit=config.fit, views=seen)
        probabilities, unknown = fit.head.judge(query)
        good = (True,) + (False,) * (ways - 1)
        policy = default_policy(good, estimate_defect_share(probabilities, good))
        decisions = decide(probabilities, unknown > fit.head.unknown_threshold, policy)
        raw = softmax(fit.head.logits(query) / np.float32(fit.scale))
        yield JudgedEpisode(episode, fit, probabilities, raw, unknown, decisions)
