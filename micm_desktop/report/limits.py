"""By which limits a report says *ready*, *ready with human check* or *not yet*. Kept in the project."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Literal

from micm_desktop.progress import UserError
from micm_desktop.project.store import Project

SETTING: Final = "report"
Level = Literal["ready", "checked"]
LEVELS: Final[tuple[Level, ...]] = ("ready", "checked")


@dataclass(frozen=True)
class Limits:
    """What must hold, all of it. ``missed``: upper end of the exact 95 % interval of the share of missed defects, in
    (0, 1]. ``false_alarms``: share of good parts that are called a defect, and ``asked``: of those that a person is
    asked about, both as measured, in [0, 1]. ``defects``, ``good``: parts of either side that were judged
    without their own tag; ``each_class``: the same of every class of defects. ``locked``: whether they must come from
    a locked test set.
    """

    missed: float
    false_alarms: float
    asked: float
    defects: int
    good: int
    each_class: int
    locked: bool


@dataclass(frozen=True)
class Criteria:
    """The limits of both levels; why they are what they are: docs/decisions/0021-report.md."""

    ready: Limits = field(default=Limits(0.05, 0.05, 0.10, 70, 50, 10, True))
    checked: Limits = field(default=Limits(0.20, 0.20, 0.30, 20, 20, 5, False))

    def of(self, level: Level) -> Limits:
        return self.ready if level == "ready" else self.checked


@dataclass(frozen=True)
class ReportSettings:
    """What the user laid down about reports: the limits, and for what the inspection is meant, in their own words."""

    criteria: Criteria = field(default_factory=Criteria)
    purpose: str = ""


def read_settings(project: Project) -> ReportSettings:
    """The project's settings; the defaults where there are none, or where what is there cannot be read."""
    try:
        value: Any = json.loads(project.setting(SETTING, "{}"))
        defaults = Criteria()
        criteria = Criteria(*(_limits(value.get(level, {}), defaults.of(level)) for level in LEVELS))
        return ReportSettings(criteria, str(value.get("purpose", "")))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return ReportSettings()


def write_settings(project: Project, settings: ReportSettings) -> None:
    """On disk when this returns. Raises UserError where the project cannot be written."""
    value = {level: asdict(settings.criteria.of(level)) for level in LEVELS} | {"purpose": settings.purpose}
    project.set_setting(SETTING, json.dumps(value, ensure_ascii=False))


def changed_by(criteria: Criteria, texts: Iterable[str]) -> Criteria:
    """The criteria with limits such as ``ready.missed=0.02`` or ``checked.locked=yes``. Raises UserError."""
    for text in texts:
        name, _, value = text.partition("=")
        level, _, limit = name.strip().partition(".")
        if level not in LEVELS or limit not in {one.name for one in fields(Limits)}:
            known = ", ".join(one.name for one in fields(Limits))
            raise UserError(
                f"There is no limit {name.strip()!r}. Write it as ready.missed=0.05 or checked.missed=0.2;"
                f" limits are: {known}."
            )
        before = criteria.of("ready" if level == "ready" else "checked")
        changed: dict[str, Any] = {limit: _number(text, value.strip(), getattr(before, limit))}
        criteria = replace(criteria, **{level: replace(before, **changed)})
    return criteria


def _number(text: str, value: str, before: float | int | bool) -> float | int | bool:
    if isinstance(before, bool):
        if value.lower() not in ("yes", "no"):
            raise UserError(f"{text!r} does not say yes or no.")
        return value.lower() == "yes"
    try:
        number = float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        number = math.nan
    if isinstance(before, int):
        if not (0 <= number < 1_000_000 and number == int(number)):
            raise UserError(f"{text!r} does not name a number of parts.")
        return int(number)
    if not 0 <= number <= 1:
        raise UserError(f"{text!r} does not name a share: write 0.05 or 5%.")
    return number


def _limits(stored: Mapping[str, Any], default: Limits) -> Limits:
    """Stored values over the defaults; each must be of its kind. Raises ValueError, TypeError."""
    values: dict[str, float | int | bool] = {}
    for one in fields(Limits):
        known = getattr(default, one.name)
        value = stored.get(one.name, known)
        if isinstance(known, bool) != isinstance(value, bool):
            raise ValueError(one.name)
        values[one.name] = type(known)(value)
        if not isinstance(known, bool) and not 0 <= values[one.name] <= (1 if isinstance(known, float) else 1_000_000):
            raise ValueError(one.name)
    return Limits(**values)  # type: ignore[arg-type]
