"""Ready, ready with human check, or not yet: by rules that are printed beside the figure that they look at."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from micm_desktop.fewshot.expected import CONFIDENCE, Rate
from micm_desktop.report.limits import Criteria, Level, Limits

Source = Literal["locked", "leave-one-out", "none"]
"""Where figures come from: images that were set aside before tagging; tagged images, each judged without its own tag;
or nowhere."""
Verdict = Literal["ready", "checked", "not_yet"]
Rule = Literal["two_sided", "locked", "missed", "false_alarms", "asked", "defects", "good", "each_class"]
RULES: Final[tuple[Rule, ...]] = (
    "two_sided", "locked", "missed", "false_alarms", "asked", "defects", "good", "each_class",
)  # fmt: skip
"""In the order in which they are told."""


SPOILS: Final = frozenset({"test_partly_tagged", "test_unreadable", "encoder_saw", "encoder_foreign"})
"""Notes on a locked test set that is not known to be independent: images were picked out, left out, or perhaps seen."""


@dataclass(frozen=True)
class Figures:
    """What was measured on parts whose own tag was not used.

    ``independent``: from a locked test set that is tagged and judged in full, and that no training has seen. ``missed``
    among defects, ``false_alarms`` and ``asked`` (those that a person is asked about) among good parts; all None where
    a side has no such part. ``defects`` and ``good`` count them; ``each_class`` those of every class of defects by
    name, also of classes that have none.
    """

    source: Source
    independent: bool
    two_sided: bool
    missed: Rate | None
    false_alarms: Rate | None
    asked: Rate | None
    defects: int
    good: int
    each_class: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Check:
    """One rule beside its figure; ``figure`` is None where nothing was measured. ``named``: the class of the figure."""

    rule: Rule
    limit: float | int | bool
    figure: float | int | bool | None
    passed: bool
    named: str = ""


@dataclass(frozen=True)
class Judgement:
    """The verdict, and every rule of both levels in the order of ``RULES``."""

    verdict: Verdict
    ready: tuple[Check, ...]
    checked: tuple[Check, ...]

    def of(self, level: Level) -> tuple[Check, ...]:
        return self.ready if level == "ready" else self.checked

    @property
    def missing(self) -> tuple[Check, ...]:
        """What keeps the inspection from the next better verdict; nothing where it is ready."""
        if self.verdict == "ready":
            return ()
        checks = self.ready if self.verdict == "checked" else self.checked
        return tuple(one for one in checks if not one.passed)


def judge(figures: Figures, criteria: Criteria) -> Judgement:
    """A level is reached where every one of its rules holds; what was not measured holds for no rule."""
    ready, checked = checks(figures, criteria.ready), checks(figures, criteria.checked)
    verdict: Verdict = "not_yet"
    if all(one.passed for one in ready):
        verdict = "ready"
    elif all(one.passed for one in checked):
        verdict = "checked"
    return Judgement(verdict, ready, checked)


def checks(figures: Figures, limits: Limits) -> tuple[Check, ...]:
    """The rules of one level."""
    upper = None if figures.missed is None else figures.missed.high
    alarms, asked = (None if rate is None else rate.share for rate in (figures.false_alarms, figures.asked))
    name, fewest = min(figures.each_class, key=lambda one: one[1], default=("", 0))
    return (
        Check("two_sided", True, figures.two_sided, figures.two_sided),
        Check("locked", limits.locked, figures.independent, figures.independent or not limits.locked),
        _at_most("missed", upper, limits.missed),
        _at_most("false_alarms", alarms, limits.false_alarms),
        _at_most("asked", asked, limits.asked),
        Check("defects", limits.defects, figures.defects, figures.defects >= limits.defects),
        Check("good", limits.good, figures.good, figures.good >= limits.good),
        Check("each_class", limits.each_class, fewest, bool(name) and fewest >= limits.each_class, name),
    )


def _at_most(rule: Rule, figure: float | None, limit: float) -> Check:
    return Check(rule, limit, figure, figure is not None and figure <= limit)


def defects_needed(missed: float) -> int:
    """Defects, none of them missed, that it takes until the upper end of the exact interval is at most ``missed``."""
    if missed >= 1:
        return 1
    if missed <= 0:
        return 0
    return math.ceil(math.log((1 - CONFIDENCE) / 2) / math.log1p(-missed))
