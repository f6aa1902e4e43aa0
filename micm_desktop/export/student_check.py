"""A student beside its teacher, model file against model file: what it costs to be faster."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from micm_desktop.export.runtime import Model, Verdict
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.progress import JobControl, Progress

TIMINGS, WARM_UP = 25, 3
NOTABLE_LOSS = 0.02
"""Accuracy or agreement lost from which a person is warned."""


@dataclass(frozen=True)
class Tagged:
    """Verdicts on ``images`` that were tagged, but that neither learned from: how many ``right``, and how many of the
    ``defects`` among them were ``missed``."""

    images: int
    right: int
    defects: int
    missed: int

    @property
    def accuracy(self) -> float:
        return self.right / self.images if self.images else 0.0


@dataclass(frozen=True)
class Comparison:
    """``images`` without a tag, which the student has not learned from: on ``same`` it decides on the teacher's class;
    of the ``defects`` and ``good`` ones by the teacher it ``missed`` some, and raised ``alarms`` on others; both are 0
    where no class is good. ``seconds`` and ``teacher_seconds``: of one image on one core, at best. ``teacher`` and
    ``student`` on held-out tags; of no images where there are none.
    """

    images: int
    same: int
    defects: int
    missed: int
    good: int
    alarms: int
    seconds: float
    teacher_seconds: float
    teacher: Tagged
    student: Tagged

    @property
    def agreement(self) -> float:
        """Share of the untagged images on which both decide on one class; 0 without any."""
        return self.same / self.images if self.images else 0.0

    @property
    def speedup(self) -> float:
        return self.teacher_seconds / self.seconds

    def sentences(self) -> list[str]:
        """What a person should know, the worst news first."""
        news = []
        if self.student.missed > self.teacher.missed:
            news.append(
                f"WARNING: of {self.student.defects} tagged defects that it has not learned from, the student misses"
                f" {self.student.missed}; the teacher misses {self.teacher.missed}."
            )
        if self.missed:
            news.append(
                f"WARNING: of {self.defects} images that the teacher calls defects, the student calls"
                f" {self.missed} good. They would be missed on the line."
            )
        if self.student.images:
            lost = 100 * (self.teacher.accuracy - self.student.accuracy)
            right = f"{100 * self.student.accuracy:.1f} % of {self.student.images} tagged images are judged right"
            news.append(f"{right} by the student, {100 * self.teacher.accuracy:.1f} % by the teacher ({lost:+.1f}).")
        if self.images:
            share = f"On {100 * self.agreement:.1f} % of {self.images} images that it has not learned from"
            more = "" if self.agreement >= 1 - NOTABLE_LOSS else " Look at some of the others before you use it."
            news.append(f"{share} the student decides as the teacher does.{more}")
        if self.alarms:
            news.append(f"Of {self.good} images that the teacher calls good, the student calls {self.alarms} defects.")
        fast, slow = 1000 * self.seconds, 1000 * self.teacher_seconds
        news.append(f"An image takes {fast:.1f} ms on one core, {self.speedup:.1f} times as fast as {slow:.1f} ms.")
        return news


def compare(
    teacher: Model,
    student: Model,
    untagged: Sequence[Path],
    tagged: Sequence[tuple[Path, str]],
    control: JobControl,
) -> Iterator[Progress | Comparison]:
    """Judge ``untagged`` images, and ``tagged`` ones with the name of their class, by both model files, loaded for one
    thread; the last value is the result. Unreadable images are passed over. Raises Cancelled.
    """
    good = {name for name, is_good in zip(teacher.info.classes, teacher.policy.good, strict=True) if is_good}
    pairs: list[tuple[Verdict, Verdict]] = []
    truths: list[tuple[Verdict, Verdict, str]] = []
    shown: npt.NDArray[np.uint8] | None = None
    every = [(path, "") for path in untagged] + list(tagged)
    for number, (path, name) in enumerate(every):
        control.safe_point()
        if not isinstance(image := try_decode(path), UnreadableImage):
            shown = image
            both = teacher.judge(image), student.judge(image)
            if name:
                truths.append((*both, name))
            else:
                pairs.append(both)
        yield Progress(number + 1, len(every), "compare")
    slow, fast = time_both(teacher, student, np.zeros((256, 256, 3), np.uint8) if shown is None else shown, control)
    defects = [own for one, own in pairs if one.outcome == Outcome.DEFECT]
    fine = [own for one, own in pairs if one.outcome == Outcome.GOOD]
    yield Comparison(
        len(pairs),
        sum(one.class_name == own.class_name for one, own in pairs),
        len(defects),
        sum(own.outcome == Outcome.GOOD for own in defects),
        len(fine),
        sum(own.outcome == Outcome.DEFECT for own in fine),
        fast,
        slow,
        _tagged([(one, name) for one, _, name in truths], good),
        _tagged([(own, name) for _, own, name in truths], good),
    )


def time_both(teacher: Model, student: Model, image: npt.NDArray[np.uint8], control: JobControl) -> tuple[float, float]:
    """Seconds that each takes for ``image``, the fastest of ``TIMINGS`` in turns: what else the computer does only adds
    to it (the advice of Python's timeit)."""
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(WARM_UP + TIMINGS):
        control.safe_point()
        for model, times in zip((teacher, student), spent, strict=True):
            start = time.perf_counter()
            model.judge(image)
            if number >= WARM_UP:
                times.append(time.perf_counter() - start)
    return min(spent[0]), min(spent[1])


def _tagged(judged: Sequence[tuple[Verdict, str]], good: set[str]) -> Tagged:
    defects = [verdict for verdict, name in judged if good and name not in good]
    right = sum(verdict.class_name == name for verdict, name in judged)
    return Tagged(len(judged), right, len(defects), sum(one.outcome == Outcome.GOOD for one in defects))
