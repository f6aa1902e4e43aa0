"""Was a pretraining run worth it? The features that images get from now on are never knowingly worse than before.

Four candidates: the features from before the run; the same with the places that the run learned to look at; the
earlier ones beside those of the new network; and those of the new network alone. What the images are like says which is
likely the best, and the tags overrule that where they clearly say otherwise (docs/decisions/0008-verdict.md).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from micm_desktop.fewshot.agreement import agreement, gain, held_out_confidence
from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform
from micm_desktop.fewshot.features import FeatureExtractor, extract_features
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.usable_tags import usable_tags
from micm_desktop.micm.checkpoint import LoadedEncoder, attach_base, load_encoder
from micm_desktop.micm.encoder_file import Use, Verdict
from micm_desktop.micm.events import Done, Event
from micm_desktop.micm.network import without_saliency
from micm_desktop.progress import Cancelled, JobControl, Progress, UserError

Candidate = Literal["before", "details", "both", "new"]

SAMPLE = 200
"""Unlabeled images that the features are compared on, beside the tagged ones."""
FEWEST_UNLABELED = 30
"""Unlabeled images below which neighbours say little."""
MIN_STEPS = 80
"""Training steps below which a new network knows too little to be used."""
DETAILS_DECIDE = 0.85
"""Agreement of wholes and details below which images are told apart by their details."""
MIN_AGREEMENT = 0.77
"""Agreement of a new network's class token with the details below which it has learned something else."""


@dataclass(frozen=True)
class Compared:
    """Embeddings (N, E_i) of the same N images by each candidate; label of each image, -1 for none; and the
    :func:`agreement` of what they are made of, by its name."""

    embeddings: Mapping[Candidate, Array]
    labels: Labels
    agreements: Mapping[str, float]

    def confidence(self) -> dict[Candidate, Array]:
        """:func:`held_out_confidence` of the tagged images by each candidate, (S,); none where a class has too few."""
        rows = np.flatnonzero(self.labels >= 0)
        tags = self.labels[rows]
        counts = np.bincount(tags)
        if len(counts) < 2 or counts.min() < 2:
            return {}
        return {name: held_out_confidence(of[rows], tags, len(counts)) for name, of in self.embeddings.items()}


def judge_run(
    networks: Mapping[Candidate, LoadedEncoder],
    paths: Sequence[Path],
    tagged: Mapping[Path, int],
    control: JobControl,
) -> Iterator[Progress | tuple[Candidate, Verdict]]:
    """Compare the candidates on ``paths``; the last value is the verdict, and the candidate that it is for.

    ``networks``: the ``new`` one, what it began from as ``before``, and as ``details`` the same with the saliency head
    that the run trained, where it did. ``tagged`` gives the class of those images that have one. Raises UserError where
    no image can be read, and Cancelled.
    """
    labels = usable_tags(tagged)
    compared = None
    for event in compare(networks, paths, labels, control):
        if isinstance(event, Progress):
            yield event
        else:
            compared = event
    assert compared is not None
    chosen = choose_without_tags(compared.agreements, steps_of(networks["new"]))
    confidence = compared.confidence()
    if confidence:
        chosen = choose_by_tags(confidence, chosen)
        yield chosen, verdict_by_tags(confidence, chosen)
    else:
        yield chosen, verdict_without_tags(compared.agreements, steps_of(networks["new"]))


def choose_without_tags(agreements: Mapping[str, float], steps: int) -> Candidate:
    """The candidate that images of this kind are likely described best by.

    ``agreements``: of whole images with their ``details`` before the run, and of the ``new`` network's class token with
    them; either may be missing. ``steps`` is the length of the run.
    """
    if agreements.get("details", 1.0) < DETAILS_DECIDE:
        return "details"
    if steps < MIN_STEPS or agreements.get("new", 1.0) < MIN_AGREEMENT:
        return "before"
    return "both"


def choose_by_tags(confidence: Mapping[Candidate, Array], likely: Candidate) -> Candidate:
    """Another candidate than the ``likely`` one where the tags clearly say so.

    ``confidence``: :func:`held_out_confidence` of the tagged images by each candidate, (N,). *Clearly* is by one
    standard error of the paired difference; half of one where the features from before would be lost.
    """
    if likely not in confidence:
        likely = "before"
    best = max(confidence, key=lambda name: float(confidence[name].mean()))
    if gain(confidence[best], confidence[likely]) > 1:
        return best
    return "before" if gain(confidence["before"], confidence[likely]) > 0.5 else likely


def verdict_by_tags(confidence: Mapping[Candidate, Array], chosen: Candidate) -> Verdict:
    """Why the tags, in the :func:`held_out_confidence` of each candidate, speak for the ``chosen`` one."""
    share = {name: float(values.mean()) for name, values in confidence.items()}
    figures = {f"confidence_{name}": round(value, 4) for name, value in share.items()}
    return Verdict(_use(chosen), _by_tags(chosen, share), {"tagged": float(len(confidence["before"]))} | figures)


def _by_tags(chosen: Candidate, share: Mapping[Candidate, float]) -> str:
    new, before = (f"{share[name]:.0%}" for name in ("new", "before"))
    match chosen:
        case "before":
            return (
                "The features from before pretraining stay in use: judged by the other tags, tagged images get their"
                f" class with {before} confidence on average, with the new features {new}."
                " That is not clearly better."
            )
        case "details":
            return (
                "The features of small details are used, since pretraining taught them where to look: judged by the"
                f" other tags, tagged images get their class with {share['details']:.0%} confidence on average, with"
                f" the features from before pretraining {before}."
            )
        case "both":
            return (
                "New and earlier features are used together: judged by the other tags, tagged images get their class"
                f" with {share['both']:.0%} confidence on average, with the new features alone {new}, with the earlier"
                f" ones alone {before}."
            )
        case "new":
            return (
                "The new features are used: judged by the other tags, tagged images get their class with"
                f" {new} confidence on average, with those from before pretraining {before}."
            )


def verdict_without_tags(agreements: Mapping[str, float], steps: int) -> Verdict:
    """Why what the images are like speaks for the candidate that :func:`choose_without_tags` gives."""
    chosen = choose_without_tags(agreements, steps)
    figures = {f"agreement_{name}": round(value, 4) for name, value in agreements.items()}
    return Verdict(_use(chosen), _by_images(chosen, steps), {"steps": float(steps)} | figures)


def _by_images(chosen: Candidate, steps: int) -> str:
    if chosen == "details":
        return (
            "Images that look alike as a whole differ in their small details. So the features that describe details"
            " are used; pretraining taught them where to look."
        )
    if chosen == "before" and steps < MIN_STEPS:
        return (
            f"The run was short: {steps} steps, of at least {MIN_STEPS} that new features need. The features from"
            " before pretraining stay in use. Grant it more time."
        )
    if chosen == "before":
        return (
            "Images that look alike to the new network differ in their small details. So the features from before"
            " pretraining stay in use."
        )
    return "New and earlier features are used together: there are not tags enough yet to tell which are better."


def _use(chosen: Candidate) -> Use:
    match chosen:
        case "before" | "details":
            return "base"
        case _:
            return chosen


def compare(
    networks: Mapping[Candidate, LoadedEncoder], paths: Sequence[Path], labels: Mapping[Path, int], control: JobControl
) -> Iterator[Progress | Compared]:
    """Embed some of ``paths`` and the images in ``labels`` by each network; the last value is what to compare.

    Raises UserError where no image can be read, and Cancelled.
    """
    count = min(len(paths), SAMPLE)
    sample = list(dict.fromkeys([*(paths[i * len(paths) // count] for i in range(count)), *labels]))
    total = len(networks) * len(sample)
    found: dict[Candidate, dict[int, Array]] = {}
    done = 0
    for name, encoder in networks.items():
        rows = found.setdefault(name, {})
        for batch in extract_features(FeatureExtractor(encoder, every_part=False).eval(), sample, control):
            rows |= dict(zip(batch.rows, batch.features, strict=True))
            done += len(batch.rows) + len(batch.failed)
            yield Progress(done, total)
    # A file may have gone in between.
    common = sorted(set.intersection(*(set(rows) for rows in found.values())))
    if not common:
        raise UserError("None of the images could be read. Check the files.")
    features = {name: np.stack([rows[row] for row in common]) for name, rows in found.items()}
    unlabeled = [position for position, row in enumerate(common) if row < count] or list(range(len(common)))
    transforms = {
        name: fit_transform(features[name][unlabeled], encoder.branch_infos) for name, encoder in networks.items()
    }
    embeddings = {name: transforms[name](values) for name, values in features.items()}
    both = np.concatenate([embeddings["new"], embeddings["before"]], axis=1) * np.float32(0.5**0.5)
    few = {name: values[unlabeled] for name, values in features.items()} if len(unlabeled) >= FEWEST_UNLABELED else {}
    kinds = np.array([labels.get(sample[row], -1) for row in common], np.int64)
    yield Compared({**embeddings, "both": both}, kinds, _agreements(few, transforms))


def _agreements(
    features: Mapping[Candidate, Array], transforms: Mapping[Candidate, EmbeddingTransform]
) -> dict[str, float]:
    """Of whole images with their details, before the run, and of the new class token with them.

    Where a network does not know what is salient, nothing can be said of details.
    """

    def of(name: Candidate, part: str) -> Array | None:
        has = name in features and part in transforms[name].names
        return transforms[name].of_part(part)(features[name]) if has else None

    salient = of("before", "salient")
    details = of("details", "salient") if salient is None else salient
    learned = of("details", "salient")
    found = {}
    if details is not None and (wholes := of("before", "last_stage")) is not None:
        found["details"] = agreement(wholes, details)
    if learned is not None and (token := of("new", "class_token")) is not None:
        found["new"] = agreement(token, learned)
    return found


def steps_of(encoder: LoadedEncoder) -> int:
    return int(encoder.training.get("steps", 0))


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
    cancelled, or cannot read the images any more, ends in what the length of the run alone says. Raises UserError where
    the file cannot be read, OSError where the disk refuses.
    """
    made = load_encoder(path)
    if made.base is None:
        return
    before = beginning(init, made)
    networks: dict[Candidate, LoadedEncoder] = {"new": replace(made, base=None), "before": before}
    if made.training.get("config", {}).get("lambda_implant", 0) > 0 and made.base.saliency is not None:
        looked = {**before.training, "saliency_images": made.training.get("images", 0)}
        networks["details"] = LoadedEncoder(made.base, looked, made.sha256)
    steps = steps_of(made)
    chosen, verdict = choose_without_tags({}, steps), verdict_without_tags({}, steps)
    try:
        for event in judge_run(networks, paths, tagged, control):
            if isinstance(event, Progress):
                yield event
            else:
                chosen, verdict = event
    except (Cancelled, UserError):
        pass
    attach_base(path, networks["details"] if chosen == "details" else before, verdict)
    yield verdict


def beginning(init: str, made: LoadedEncoder) -> LoadedEncoder:
    """The network that a run from ``init`` is compared with, as it was before the run that ``made`` a file.

    Of a chain of runs it is the first one's.
    """
    assert made.base is not None
    if init != "none" and not init.startswith("timm:"):
        try:
            first = load_encoder(init)
            training = first.base_training if first.base is not None else first.training
            return LoadedEncoder(first.base or first.network, dict(training), made.sha256)
        except UserError:
            pass  # The file has gone meanwhile; what the run kept of it has another saliency head.
    return LoadedEncoder(without_saliency(made.base), {}, made.sha256)
