"""A student beside its teacher, model file against model file: what it costs to be faster."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from micm_desktop.export.runtime import Model, Verdict
from micm_desktop.export.verdict import STOPPED, is_missed
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.progress import JobControl, Progress

TIMINGS, WARM_UP = 25, 3
NOTABLE = 0.05
"""Share of verdicts unlike the teacher's above which a person is warned. Where the teacher is often wrong itself, a
student that is no worse differs from it more often than that: so it is a warning, and refuses nothing."""
MOST = 0.5
"""Share of them above which it is no student: it may miss nothing by stopping everything."""
FEW_DEFECTS = 50
"""Below this, one is more than a student may miss."""


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
    """``images`` without a tag, which the student has not learned from: on ``same`` it decides on the teacher's class.
    Of the ``defects`` (or unknown ones) and ``good`` ones by the teacher it ``missed`` some, and raised ``alarms`` on
    others; of those ``asked`` about it calls ``unasked`` good. All are 0 where no class is good, as ``line`` says.
    ``seconds`` and ``teacher_seconds``: of one image on one core, at best. ``teacher`` and ``student`` on held-out
    tags; of no images where there are none.
    """

    images: int
    same: int
    defects: int
    missed: int
    good: int
    alarms: int
    asked: int
    unasked: int
    line: bool
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

    @property
    def lost(self) -> float:
        """Accuracy on held-out tags that the student loses; negative where it wins some, 0 without any."""
        return self.teacher.accuracy - self.student.accuracy

    @property
    def differs(self) -> bool:
        """Whether the verdicts are so often unlike the teacher's that a person is to know."""
        return self.images > 0 and self.agreement < 1 - NOTABLE

    @property
    def few(self) -> bool:
        """Whether there are too few defects to say how many it misses."""
        return self.line and self.defects + self.student.defects < FEW_DEFECTS

    def exceeds(self, limit: float) -> bool:
        """Whether more than ``limit`` in [0, 1] is lost of the accuracy on held-out tags, or more than that share of
        the defects is missed that the teacher finds, or more than ``MOST`` of the verdicts are not the teacher's."""
        newly_missed = self.student.missed - self.teacher.missed
        return (
            self.lost > limit
            or self.missed > limit * self.defects
            or newly_missed > limit * self.student.defects
            or self.images - self.same > max(MOST, limit) * self.images
        )

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
                f"WARNING: of {self.defects} images that the teacher calls defects or unknown, the student calls"
                f" {self.missed} good. They would be missed on the line."
            )
        if self.differs:
            news.append(
                f"WARNING: on {self.images - self.same} of {self.images} images that it has not learned from, the"
                " student decides otherwise than the teacher. Try it on images that you know before you use it; more"
                " time to learn, or more images, may help."
            )
        if self.student.images:
            right = f"{100 * self.student.accuracy:.1f} % of {self.student.images} tagged images are judged right"
            news.append(f"{right} by the student, {100 * self.teacher.accuracy:.1f} % by the teacher.")
        if self.images:
            share = f"On {100 * self.agreement:.1f} % of {self.images} images that it has not learned from"
            news.append(f"{share} the student decides as the teacher does.")
        if self.few:
            news.append("So few defects say little about how many it misses.")
        if self.alarms:
            news.append(f"Of {self.good} images that the teacher calls good, the student stops {self.alarms}.")
        if self.unasked:
            news.append(f"Of {self.asked} images that the teacher asks about, the student calls {self.unasked} good.")
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
    line = teacher.policy.two_sided
    fine, asked = ([own for one, own in pairs if one.outcome == kind] for kind in (Outcome.GOOD, Outcome.ASK))
    yield Comparison(
        len(pairs),
        sum(one.class_name == own.class_name for one, own in pairs),
        sum(line and one.outcome in STOPPED for one, _ in pairs),
        sum(is_missed(one, own) for one, own in pairs),
        len(fine),
        sum(own.outcome in STOPPED for own in fine),
        len(asked) if line else 0,
        sum(own.outcome == Outcome.GOOD for own in asked),
        line,
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
