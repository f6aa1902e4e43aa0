"""Was a pretraining run worth it? The features that images get from now on are never knowingly worse than before.

Three candidates: the features of the new network, of the one that the run began from, and both side by side. Tags
decide where there are enough of them; else a measure that needs no label.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform
from micm_desktop.fewshot.features import FeatureExtractor, extract_features, fit_statistics
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.rarity import BANK_IMAGES
from micm_desktop.micm.checkpoint import LoadedEncoder, attach_base, load_encoder
from micm_desktop.micm.encoder_file import Use, Verdict, read_encoder_info
from micm_desktop.micm.events import Done, Event
from micm_desktop.progress import Cancelled, JobControl, Progress, UserError

MIN_TAGS = 3
"""Tags that a class needs to have a say."""
MAX_TAGS = 300
"""Tagged images that are compared at most: features take time."""
SAMPLE = 200
"""Unlabeled images that the features are compared on, beside the tagged ones."""
NEIGHBOURS = 5
FEWEST_UNLABELED = 30
"""Unlabeled images below which neighbours say little."""
MIN_AGREEMENT = 0.77
"""Agreement below which the new features are left out. After five minutes it was 0.90 on rolled steel, where they
raised the accuracy, and 0.64 on boards, where they lowered it; noise has 0.5."""


@dataclass(frozen=True)
class _Compared:
    """Features (N, D_i) of the same N images by each network, and the label of each image, -1 for none."""

    new: Array
    base: Array
    labels: Labels
    transforms: tuple[EmbeddingTransform, EmbeddingTransform]

    def embeddings(self) -> dict[Use, Array]:
        new, base = (
            transform(values) for transform, values in zip(self.transforms, (self.new, self.base), strict=True)
        )
        return {"new": new, "base": base, "both": np.concatenate([new, base], axis=1) * np.float32(0.5**0.5)}

    def wholes_and_details(self) -> tuple[Array, Array]:
        """Embeddings by the new network's class token alone, and by the salient patches alone that the base sees."""
        new, base = self.transforms
        return new.of_part("class_token")(self.new), base.of_part("rare")(self.base)


def judge_run(
    new: LoadedEncoder,
    base: LoadedEncoder,
    paths: Sequence[Path],
    tagged: Mapping[Path, int],
    control: JobControl,
) -> Iterator[Progress | Verdict]:
    """Compare the networks of ``new`` and ``base`` on ``paths``; the last value is the verdict.

    ``tagged`` gives the class of those images that have one. Raises UserError where no image can be read, and
    Cancelled.
    """
    labels = usable_tags(tagged)
    compared = None
    for event in _compare(new, base, paths, labels, control):
        if isinstance(event, Progress):
            yield event
        else:
            compared = event
    assert compared is not None
    rows = np.flatnonzero(compared.labels >= 0)
    classes = len(set(labels.values()))
    embeddings = compared.embeddings()
    if classes and (np.bincount(compared.labels[rows], minlength=classes) >= 2).all():
        yield verdict_by_tags(
            {use: right_order(values[rows], compared.labels[rows]) for use, values in embeddings.items()}
        )
    else:
        yield verdict_without_tags(label_free_scores(*compared.wholes_and_details()))


def usable_tags(tagged: Mapping[Path, int]) -> dict[Path, int]:
    """The tags of classes with at least ``MIN_TAGS`` of them, as labels from 0; none where that leaves one class.

    Of more than ``MAX_TAGS`` in all, as many of each class are taken, evenly over its paths.
    """
    counts = Counter(tagged.values())
    classes = sorted(kind for kind, count in counts.items() if count >= MIN_TAGS)
    if len(classes) < 2:
        return {}
    labels: dict[Path, int] = {}
    for label, kind in enumerate(classes):
        paths = sorted(path for path, found in tagged.items() if found == kind)
        count = min(len(paths), max(MIN_TAGS, MAX_TAGS // len(classes)))
        labels |= {paths[index * len(paths) // count]: label for index in range(count)}
    return labels


def right_order(embeddings: Array, labels: Labels) -> Array:
    """For each image, how often another one of its class is closer than one of another class: (N, E), (N,) -> (N,).

    In [0, 1], over all pairs of such images; chance is 0.5. Every class has two images or more, and there are two
    classes or more. Finer than counting errors: a dozen tags show a difference.
    """
    cosines = embeddings @ embeddings.T
    shares = np.empty(len(labels), np.float32)
    for image, label in enumerate(labels):
        same = labels == label
        other = np.sort(cosines[image, ~same])
        same[image] = False
        shares[image] = np.searchsorted(other, cosines[image, same]).mean() / len(other)
    return shares


def verdict_by_tags(order: Mapping[Use, Array]) -> Verdict:
    """From :func:`right_order` of the tagged images by the three candidates, (N,) each.

    The earlier features are what is not to be lost: both together must not fall behind them, and must be clearly
    better where the new ones alone are clearly worse. The new ones alone must clearly beat both together. *Clearly*
    is by two standard errors of the paired difference, one for the new ones.
    """
    count = len(order["both"])
    share = {use: float(values.mean()) for use, values in order.items()}
    figures = {"tagged": float(count)} | {f"order_{use}": round(value, 4) for use, value in share.items()}
    both_gain, new_gain = (_gain(order[use], order["base"]) for use in ("both", "new"))
    new = f"{share['new']:.0%}"
    base = f"{share['base']:.0%}"
    if both_gain < -0.5 or (new_gain < -2 and both_gain < 2):
        return Verdict(
            "base",
            f"The features from before pretraining stay in use: with them {base} of the comparisons between tagged"
            f" images come out right, with the new ones {new}.",
            figures,
        )
    if _gain(order["new"], order["both"]) > 1:
        return Verdict(
            "new",
            f"The new features are used: with them {new} of the comparisons between tagged images come out right, with"
            f" those from before pretraining {base}.",
            figures,
        )
    return Verdict(
        "both",
        f"New and earlier features are used together: with both {share['both']:.0%} of the comparisons between tagged"
        f" images come out right, with the new ones alone {new}, with the earlier ones alone {base}.",
        figures,
    )


def _gain(first: Array, second: Array) -> float:
    """Mean of the paired difference, in standard errors of it; 0 where all differences are 0."""
    difference = first.astype(np.float64) - second
    spread = difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean() / max(spread, 1e-9))


def label_free_scores(new: Array, base: Array) -> dict[str, float]:
    """Figures on embeddings (N, E) and (N, E') of the same unlabeled images: as wholes by the new network, and by
    their salient details.

    ``agreement``: how often an image's nearest by the new embeddings are closer to it by its details than other images
    are, in [0, 1]. Where both tell the same story, that is what the images are about. Where wholes that look alike
    differ in their details, the new network has learned the layout. Features that say nothing agree with nothing: 0.5.
    """
    count = min(NEIGHBOURS, len(new) - 2)
    if count < 1:
        return {}
    nearest, known = new @ new.T, base @ base.T
    np.fill_diagonal(nearest, -np.inf)
    shares = []
    for image in range(len(new)):
        by_new = np.argsort(-nearest[image])
        close, rest = by_new[:count], by_new[count:-1]
        shares.append(np.searchsorted(np.sort(known[image, rest]), known[image, close]).mean() / len(rest))
    return {"images": float(len(new)), "agreement": round(float(np.mean(shares)), 4)}


def verdict_without_tags(scores: Mapping[str, float]) -> Verdict:
    """Both, unless images that look alike to the new network differ in their details."""
    if scores.get("images", 0) >= FEWEST_UNLABELED and scores["agreement"] < MIN_AGREEMENT:
        return Verdict(
            "base",
            "Images that look alike to the new network differ in their small details. So the features that describe"
            " details stay in use; pretraining taught them where to look.",
            scores,
        )
    return Verdict(
        "both",
        "New and earlier features are used together: there are not tags enough yet to tell which are better.",
        scores,
    )


def _compare(
    new: LoadedEncoder,
    base: LoadedEncoder,
    paths: Sequence[Path],
    labels: Mapping[Path, int],
    control: JobControl,
) -> Iterator[Progress | _Compared]:
    count = min(len(paths), SAMPLE)
    sample = list(dict.fromkeys([*(paths[i * len(paths) // count] for i in range(count)), *labels]))
    measured = min(len(paths), BANK_IMAGES)
    total = measured + len(sample)
    encoders = alone(new), alone(base)
    found: list[dict[int, Array]] = []
    for index, encoder in enumerate(encoders):
        extractor = None
        for event in fit_statistics(encoder, paths, control):
            if isinstance(event, Progress):
                yield Progress(index * total + event.done, 2 * total)
            else:
                extractor = FeatureExtractor(encoder, event, every_part=False).eval()
        assert extractor is not None
        found.append({})
        done = index * total + measured
        for batch in extract_features(extractor, sample, control):
            found[index] |= dict(zip(batch.rows, batch.features, strict=True))
            done += len(batch.rows) + len(batch.failed)
            yield Progress(done, 2 * total)
    # A file may have gone in between.
    common = sorted(found[0].keys() & found[1].keys())
    if not common:
        raise UserError("None of the images could be read. Check the files.")
    features = [np.stack([rows[row] for row in common]) for rows in found]
    unlabeled = [position for position, row in enumerate(common) if row < count] or list(range(len(common)))
    first, second = (
        fit_transform(values[unlabeled], encoder.branch_infos)
        for values, encoder in zip(features, encoders, strict=True)
    )
    kinds = np.array([labels.get(sample[row], -1) for row in common], np.int64)
    yield _Compared(features[0], features[1], kinds, (first, second))


def alone(encoder: LoadedEncoder) -> LoadedEncoder:
    """The encoder without the network that it began from: its features are those of its own network."""
    return replace(encoder, base=None)


def judged(
    events: Iterable[Event],
    init: str,
    paths: Sequence[Path],
    tagged: Callable[[], Mapping[Path, int]],
    control: JobControl,
) -> Iterator[Event]:
    """The events of a pretraining run on ``paths``; a completed one is judged and its ``Done`` says how.

    ``tagged`` gives the class of each tagged image; it is asked at the end. Raises what :func:`judge_file` raises.
    """
    for event in events:
        if isinstance(event, Done) and event.completed:
            verdict = None
            for step in judge_file(event.encoder, init, paths, tagged(), control):
                if isinstance(step, Verdict):
                    verdict = step
                else:
                    yield step
            event = replace(event, verdict=verdict)
        yield event


def judge_file(
    path: Path, init: str, paths: Sequence[Path], tagged: Mapping[Path, int], control: JobControl
) -> Iterator[Progress | Verdict]:
    """Judge a finished run's encoder file, which holds what it began from, and write the verdict into it.

    ``init`` is what the run began from. Gives no verdict where the file holds no such network. A comparison that is
    cancelled, or cannot read the images any more, ends in the cautious verdict. Raises UserError where the file cannot
    be read, OSError where the disk refuses.
    """
    made = load_encoder(path)
    if made.base is None:
        return
    base = LoadedEncoder(made.base, {**known_of(init), **_learned_by_base(made.training)}, made.sha256)
    verdict = verdict_without_tags({})
    try:
        for event in judge_run(made, base, paths, tagged, control):
            if isinstance(event, Verdict):
                verdict = event
            else:
                yield event
    except (Cancelled, UserError):
        pass
    attach_base(path, base, verdict)
    yield verdict


def _learned_by_base(training: Mapping[str, Any]) -> dict[str, object]:
    """What a run taught the network that it began from: where to look in the images, where it implanted defects."""
    implants = training.get("config", {}).get("lambda_implant", 0) > 0
    return {"saliency_images": training.get("images", 0)} if implants else {}


def known_of(init: str) -> Mapping[str, object]:
    """Training summary of the network that runs from ``init`` are compared with; empty where there is none."""
    if init == "none" or init.startswith("timm:"):
        return {}
    info = read_encoder_info(init)
    return info.base_training if info.base_config is not None else info.training
