"""Classes and the decision settings that know them change, and come back, together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from micm_desktop.export.rules import Rules
from micm_desktop.labeling import Labeling
from micm_desktop.labeling.deciding import DecisionSettings, read_settings
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, ClassValues
from micm_desktop.project.undoing import replay

SETTINGS = DecisionSettings({1: 2.0, 2: 90.0}, threshold=0.4, rules=Rules(least_probability={"good": 0.6, "dent": 0.7}))


@pytest.fixture
def labeling(tmp_path: Path) -> Iterator[Labeling]:
    """Good parts and dents, each with a cost of its own, and a line that was moved by hand."""
    labeling = Labeling.open(tmp_path)
    labeling.add_class(ClassValues("good", "1", "#0072b2", True, cost=2.0))
    labeling.add_class(ClassValues("dent", "2", "#e69f00", False))
    labeling.set_decision(SETTINGS)
    yield labeling
    labeling.close()


def values(record: ClassRecord) -> ClassValues:
    return ClassValues(record.name, record.key, record.color, record.is_good)


def undo(labeling: Labeling) -> None:
    labeling.take_back(replay(labeling.project.steps())[0][-1].latest)
    assert labeling.decision == read_settings(labeling.project)


def test_a_new_class_brings_its_cost_in_the_same_step(labeling: Labeling) -> None:
    labeling.add_class(ClassValues("scratch", "3", "#009e73", False, cost=70.0))
    assert labeling.decision == replace(SETTINGS, costs={1: 2.0, 2: 90.0, 3: 70.0}, threshold=None)
    undo(labeling)
    assert labeling.decision == SETTINGS and len(labeling.project.classes()) == 2


def test_rules_by_name_follow_a_new_name(labeling: Labeling) -> None:
    dent = labeling.project.classes()[1]
    labeling.change_class(dent.id, replace(values(dent), name="打痕"))
    assert labeling.decision.rules.least_probability == {"good": 0.6, "打痕": 0.7}
    assert labeling.decision.costs == SETTINGS.costs and labeling.decision.threshold == 0.4
    undo(labeling)
    assert labeling.decision == SETTINGS and labeling.project.classes()[1] == dent


def test_another_side_of_the_line_means_other_costs(labeling: Labeling) -> None:
    dent = labeling.project.classes()[1]
    labeling.change_class(dent.id, replace(values(dent), is_good=True))
    assert labeling.decision == replace(SETTINGS, costs={1: 2.0}, threshold=None)
    labeling.set_decision(replace(labeling.decision, ask_cost=0.9))
    undo(labeling)
    assert labeling.decision == replace(SETTINGS, ask_cost=0.9), "what was decided since stays"


def test_merging_across_the_line_resets_it_and_merging_beside_it_does_not(labeling: Labeling) -> None:
    good, dent = labeling.project.classes()
    pit = labeling.add_class(ClassValues("pit", "3", "#009e73", False))
    labeling.merge_class(pit.id, dent.id)
    assert labeling.decision == SETTINGS
    labeling.merge_class(dent.id, good.id)
    assert labeling.decision == replace(SETTINGS, costs={1: 2.0}, threshold=None)
    undo(labeling)
    assert labeling.decision == SETTINGS
    with pytest.raises(UserError, match="removed"):
        labeling.merge_class(pit.id, good.id)
    with pytest.raises(UserError, match="removed"):
        labeling.change_class(pit.id, values(pit))


def test_values_that_are_refused_change_no_setting(labeling: Labeling) -> None:
    dent = labeling.project.classes()[1]
    with pytest.raises(UserError, match="already"):
        labeling.change_class(dent.id, replace(values(dent), name="GOOD", cost=5.0))
    with pytest.raises(UserError, match="already"):
        labeling.add_class(ClassValues("pit", "1", "#009e73", False, cost=5.0))
    assert labeling.decision == read_settings(labeling.project) == SETTINGS
