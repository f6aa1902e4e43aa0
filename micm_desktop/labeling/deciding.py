"""What the engineer laid down about decisions: costs, the threshold, rules. Kept in the project."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from micm_desktop.export.rules import Rules, rules_from_json, rules_to_json
from micm_desktop.fewshot.decision import (
    ASK_COST,
    FALSE_ALARM_COST,
    MISS_COST,
    Policy,
    class_shares,
    estimate_defect_share,
)
from micm_desktop.project.records import ClassRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.fewshot.head import Array

SETTING = "decision"
FALSE_REJECTION = 0.05
"""Share of images of tagged classes that may be called unknown, where nothing else is asked for."""


@dataclass(frozen=True)
class DecisionSettings:
    """``costs``: by class id, of a part of that class on the wrong side; those that are missing have the default.
    ``defect_share`` in (0, 1): how frequent defects are on the line; None estimates it from the images. ``threshold``
    in (0, 1): the risk from which a part is a defect; None computes it from the costs. ``false_rejection`` in (0, 1).
    """

    costs: Mapping[int, float] = field(default_factory=dict)
    ask_cost: float = ASK_COST
    defect_share: float | None = None
    threshold: float | None = None
    false_rejection: float = FALSE_REJECTION
    rules: Rules = field(default_factory=Rules)

    def cost(self, record: ClassRecord) -> float:
        """Cost of a part of this class on the wrong side, in false alarms."""
        return self.costs.get(record.id, FALSE_ALARM_COST if record.is_good else MISS_COST)


def read_settings(project: Project) -> DecisionSettings:
    """The project's settings; the defaults where there are none, or where what is there cannot be read."""
    try:
        value: Any = json.loads(project.setting(SETTING, "{}"))
        costs = {int(class_id): float(cost) for class_id, cost in value.get("costs", {}).items()}
        found = DecisionSettings(
            costs,
            float(value.get("ask_cost", ASK_COST)),
            _number(value.get("defect_share")),
            _number(value.get("threshold")),
            float(value.get("false_rejection", FALSE_REJECTION)),
            rules_from_json(value.get("rules", {})),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return DecisionSettings()
    shares = [one for one in (found.defect_share, found.threshold, found.false_rejection) if one is not None]
    fits = all(0 < cost < math.inf for cost in (*costs.values(), found.ask_cost)) and all(0 < one < 1 for one in shares)
    return found if fits else DecisionSettings()


def write_settings(project: Project, settings: DecisionSettings) -> None:
    """On disk when this returns. Raises UserError where the project cannot be written."""
    project.set_setting(SETTING, to_text(settings))


def to_text(settings: DecisionSettings) -> str:
    """As they are stored: JSON."""
    value = {
        "costs": {str(class_id): cost for class_id, cost in settings.costs.items()},
        "ask_cost": settings.ask_cost,
        "defect_share": settings.defect_share,
        "threshold": settings.threshold,
        "false_rejection": settings.false_rejection,
        "rules": rules_to_json(settings.rules),
    }
    return json.dumps(value, ensure_ascii=False)


def policy_for(settings: DecisionSettings, classes: Sequence[ClassRecord], probabilities: "Array") -> Policy:
    """How to decide among ``classes``. Where ``defect_share`` is not set, probabilities (N, C) of images, under
    equal shares, tell how frequent defects are.
    """
    good = tuple(record.is_good for record in classes)
    share = settings.defect_share
    shares = class_shares(good, estimate_defect_share(probabilities, good) if share is None else share)
    costs = tuple(settings.cost(record) for record in classes)
    return Policy(good, costs, shares, settings.ask_cost, settings.threshold)


def rules_for(settings: DecisionSettings, classes: Sequence[ClassRecord]) -> Rules:
    """The rules with a least probability for each of ``classes``, where there is one at all: the window has one for
    all, under the names that they had when it was entered. A class that has none has the largest.
    """
    given = settings.rules.least_probability
    if not given:
        return settings.rules
    least = {record.name: given.get(record.name, max(given.values())) for record in classes}
    return replace(settings.rules, least_probability=least)


def follow_class(settings: DecisionSettings, before: ClassRecord, is_good: bool) -> DecisionSettings:
    """The settings after a class has become one of good parts, or no longer is: what a missed defect costs is not what
    a false alarm does, and a line that was moved by hand was moved for the old costs.
    """
    if before.is_good == is_good:
        return settings
    costs = {class_id: cost for class_id, cost in settings.costs.items() if class_id != before.id}
    return replace(settings, costs=costs, threshold=None)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
