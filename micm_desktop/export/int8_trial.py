"""What integers of eight bits cost: the same images judged by both model files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micm_desktop.evaluation.refit import FOLDS, fold_of
from micm_desktop.export.runtime import Model
from micm_desktop.export.target import Tagged
from micm_desktop.export.verdict import STOPPED, Outputs, is_missed
from micm_desktop.fewshot.classify import fit_support
from micm_desktop.fewshot.head import Labels
from micm_desktop.images.decode import UnreadableImage, decode_image, try_decode
from micm_desktop.progress import JobControl, ProcessingError, Progress

TRIED = 200
"""Images of each kind, spread over all: each is judged twice."""
FEW_TAGS = 100
"""Below this, one tag is more than a point."""
FROM_EMBEDDINGS = ("auto", "prototype", "ridge", "logistic")
"""Methods that can be fitted again on embeddings alone; in place of others ridge regression is."""


@dataclass(frozen=True)
class Int8Trial:
    """``tags``: tagged images judged by a model that has not learned from them; ``right_in_float`` and ``right`` count
    those it gets right in floating point and in integers. ``compared`` images, tagged or not, were judged by both
    files, ``same`` with the same verdict; of ``defects`` that the one in floating point stops, as a defect or as
    unknown, the other calls ``missed`` good. ``layers`` compute in integers, ``kept`` do not."""

    tags: int
    right_in_float: int
    right: int
    compared: int
    same: int
    defects: int
    missed: int
    layers: int
    kept: int

    @property
    def loss(self) -> float:
        """Share of the held-out tags that integers lose; negative where they win some."""
        return (self.right_in_float - self.right) / self.tags if self.tags else 0.0

    @property
    def few(self) -> bool:
        """Whether the tags are too few to say much."""
        return self.tags < FEW_TAGS

    def sentence(self) -> str:
        """What it cost, for whoever asked for it."""
        few = " So few tags say little." if self.few else ""
        return (
            f"int8: {self.right} of {self.tags} held-out tags right, {self.right_in_float} without int8.{few} Same"
            f" verdict on {self.same} of {self.compared} images; of {self.defects} defects or unknown ones"
            f" {self.missed} called good. {self.layers} layers in integers, {self.kept} sensitive ones not."
        )


@dataclass(frozen=True)
class _Pair:
    label: int
    learned: bool
    exact: Outputs
    rounded: Outputs


def try_int8(
    exact: Model, rounded: Model, tagged: Tagged, paths: Sequence[Path], layers: tuple[int, int], control: JobControl
) -> Iterator[Progress | Int8Trial]:
    """Judge tagged images and ``paths`` by both files; the last value is what came of it. Raises Cancelled."""
    rows = [number * len(tagged.paths) // TRIED for number in range(TRIED)] if len(tagged.paths) > TRIED else None
    chosen = range(len(tagged.paths)) if rows is None else rows
    others = paths[:: max(1, -(-len(paths) // TRIED))]
    total = len(chosen) + len(others)
    found: list[_Pair] = []
    for done, row in enumerate(chosen):
        control.safe_point()
        image = try_decode(tagged.paths[row])
        if not isinstance(image, UnreadableImage):
            found.append(_Pair(tagged.labels[row], tagged.learned[row], exact.outputs(image), rounded.outputs(image)))
        yield Progress(done + 1, total)
    tags, before, after = _held_out(found, tagged.method, len(exact.info.classes))
    same = compared = defects = missed = 0
    for done, path in enumerate(others):
        control.safe_point()
        try:
            image = decode_image(path)
        except UnreadableImage:
            continue
        one, other = exact.judge(image), rounded.judge(image)
        compared += 1
        same += one.words() == other.words()
        defects += one.outcome in STOPPED
        missed += is_missed(one, other)
        yield Progress(len(chosen) + done + 1, total)
    yield Int8Trial(tags, before, after, compared, same, defects, missed, *layers)


def _held_out(found: Sequence[_Pair], method: str, classes: int) -> tuple[int, int, int]:
    """How many tags were held out, and how many of these each file gets right.

    Images that the model has not learned from it judges itself. The others are judged by fits without them, on the
    embeddings in floating point, as the file's head was made.
    """
    fresh = [pair for pair in found if not pair.learned]
    before = sum(pair.label == int(pair.exact.probabilities.argmax()) for pair in fresh)
    after = sum(pair.label == int(pair.rounded.probabilities.argmax()) for pair in fresh)
    tags = len(fresh)
    learned = [pair for pair in found if pair.learned]
    labels: Labels = np.array([pair.label for pair in learned], np.int64)
    counts = np.bincount(labels, minlength=classes)
    if learned and counts.min() > 0 and counts.max() > 1:
        exact = np.stack([pair.exact.embedding for pair in learned])
        rounded = np.stack([pair.rounded.embedding for pair in learned])
        name = method if method in FROM_EMBEDDINGS else "ridge"
        folds = fold_of(labels, FOLDS)
        for fold in range(FOLDS):
            out = folds == fold
            # Without one of its tags a class could not be told.
            out &= np.bincount(labels[~out], minlength=classes)[labels] > 0
            if out.any():
                head = fit_support(name, exact[~out], labels[~out], classes).head
                tags += int(out.sum())
                before += int((head.logits(exact[out]).argmax(axis=1) == labels[out]).sum())
                after += int((head.logits(rounded[out]).argmax(axis=1) == labels[out]).sum())
    return tags, before, after


def check_int8(trial: Int8Trial, limit: float) -> None:
    """Raises ProcessingError where more than ``limit`` in [0, 1] of the held-out tags are lost, or more than that share
    of what the file in floating point stops as a defect or as unknown would be called good."""
    if trial.loss > limit:
        points, most = f"{100 * trial.loss:.1f}", f"{100 * limit:g}"
        raise ProcessingError(
            f"int8 loses too much: of {trial.tags} tagged images that the model had not learned from, {trial.right} are"
            f" right instead of {trial.right_in_float} ({points} points; the limit is {most}). No file was written."
            " Leave int8 off, or raise the limit with --int8-limit."
        )
    if trial.missed > limit * trial.defects:
        most = f"{100 * limit:g}"
        raise ProcessingError(
            f"int8 would miss defects: {trial.missed} of {trial.defects} images that the model calls defects or unknown"
            f" would be called good (the limit is {most} %). No file was written. Leave int8 off, or raise the limit"
            " with --int8-limit."
        )
