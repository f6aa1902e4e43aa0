"""Classes and the settings that know them, changed together: one action of the journal, undone as one."""

from collections.abc import Mapping
from dataclasses import replace

from micm_desktop.labeling.deciding import SETTING, DecisionSettings, follow_class, to_text
from micm_desktop.project.records import ClassRecord, ClassValues
from micm_desktop.project.store import Project


def add_class(project: Project, decision: DecisionSettings, values: ClassValues) -> ClassRecord:
    """Raises UserError as :meth:`Project.add_class`."""

    def settings(added: ClassRecord) -> Mapping[str, str]:
        return _changed(decision, _with_cost(decision, added, values.cost))

    return project.add_class(values.name, key=values.key, color=values.color, is_good=values.is_good, settings=settings)


def change_class(project: Project, decision: DecisionSettings, class_id: int, values: ClassValues) -> ClassRecord:
    """Raises UserError as :meth:`Project.change_class`."""
    before = next((record for record in project.classes() if record.id == class_id), None)

    def settings(after: ClassRecord) -> Mapping[str, str]:
        followed = (
            decision if before is None else _renamed(follow_class(decision, before, after.is_good), before, after)
        )
        return _changed(decision, _with_cost(followed, after, values.cost))

    return project.change_class(
        class_id, name=values.name, key=values.key, color=values.color, is_good=values.is_good, settings=settings
    )


def merge_class(project: Project, decision: DecisionSettings, class_id: int, into: int) -> ClassRecord:
    """Give the tags and regions of a class to another, whose cost stays. Raises UserError where either was removed."""
    before = next((record for record in project.classes() if record.id == class_id), None)

    def settings(other: ClassRecord) -> Mapping[str, str]:
        return _changed(decision, decision if before is None else follow_class(decision, before, other.is_good))

    return project.merge_class(class_id, into, settings=settings)


def _with_cost(decision: DecisionSettings, record: ClassRecord, cost: float | None) -> DecisionSettings:
    if cost is None or cost == decision.cost(record):
        return decision
    # As on the Decide page: a line that was moved by hand was moved for the old costs.
    return replace(decision, costs={**decision.costs, record.id: cost}, threshold=None)


def _renamed(decision: DecisionSettings, before: ClassRecord, after: ClassRecord) -> DecisionSettings:
    least = decision.rules.least_probability
    if not least or before.name not in least or before.name == after.name:
        return decision
    names = {after.name if name == before.name else name: value for name, value in least.items()}
    return replace(decision, rules=replace(decision.rules, least_probability=names))


def _changed(before: DecisionSettings, after: DecisionSettings) -> Mapping[str, str]:
    return {} if after == before else {SETTING: to_text(after)}
