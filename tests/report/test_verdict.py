"""Which verdict a report gives, and by which rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.fewshot.expected import clopper_pearson
from micm_desktop.progress import UserError
from micm_desktop.project.store import Project
from micm_desktop.report.limits import (
    SETTING,
    Criteria,
    ReportSettings,
    changed_by,
    read_settings,
    write_settings,
)
from micm_desktop.report.told import key_sentences, rule_rows, todos
from micm_desktop.report.verdict import Figures, defects_needed, judge
from micm_desktop.report.words import TEXTS


def figures(
    missed: int = 0, defects: int = 200, alarms: int = 0, good: int = 200, asked: float = 0.02, locked: bool = True
) -> Figures:
    """Of a test with two classes of defects."""
    return Figures(
        "locked" if locked else "leave-one-out",
        locked,
        True,
        clopper_pearson(missed, defects),
        clopper_pearson(alarms, good),
        asked,
        defects,
        good,
        (("pit", defects // 2), ("scratch", defects - defects // 2)),
    )


def test_a_large_clean_test_on_locked_images_is_ready() -> None:
    judged = judge(figures(missed=1), Criteria())
    assert judged.verdict == "ready" and not judged.missing
    assert todos(judged, figures(missed=1), TEXTS["en"]) == [TEXTS["en"]["keep_ready"]]


def test_the_same_figures_without_a_locked_test_set_are_not_ready() -> None:
    judged = judge(figures(locked=False), Criteria())
    assert judged.verdict == "checked"
    assert [one.rule for one in judged.missing] == ["locked"]


def test_a_locked_test_set_that_was_looked_at_does_not_count() -> None:
    looked_at = replace(figures(), independent=False)
    judged = judge(looked_at, Criteria())
    assert judged.verdict == "checked"
    assert "does not count" in todos(judged, looked_at, TEXTS["en"])[0]


@pytest.mark.parametrize("each", [1, 2, 3, 5])
def test_five_tags_of_each_class_without_a_mistake_are_not_ready(each: int) -> None:
    """Three classes of defects and one of good parts, judged without their own tag."""
    tags = Figures(
        "leave-one-out",
        False,
        True,
        clopper_pearson(0, 3 * each),
        clopper_pearson(0, each),
        0.0,
        3 * each,
        each,
        tuple((name, each) for name in "abc"),
    )
    assert judge(tags, Criteria()).verdict == "not_yet"


@pytest.mark.parametrize(
    ("worse", "rule"),
    [
        (figures(missed=30), "missed"),
        (figures(alarms=50), "false_alarms"),
        (figures(asked=0.6), "asked"),
        (figures(defects=19), "defects"),
        (figures(good=19), "good"),
        (replace(figures(), each_class=(("pit", 200), ("never tagged", 0))), "each_class"),
        (replace(figures(), two_sided=False), "two_sided"),
        (replace(figures(), missed=None, false_alarms=None, asked=None), "missed"),
    ],
)
def test_one_broken_rule_is_enough_and_is_named(worse: Figures, rule: str) -> None:
    judged = judge(worse, Criteria())
    assert judged.verdict == "not_yet"
    assert rule in [one.rule for one in judged.missing]
    for language in ("en", "ja"):
        assert len(todos(judged, worse, TEXTS[language])) == len(judged.missing)
        assert key_sentences(worse, TEXTS[language])


RANK = {"not_yet": 0, "checked": 1, "ready": 2}


@given(
    missed=st.integers(0, 300), defects=st.integers(0, 300), alarms=st.integers(0, 300), good=st.integers(0, 300),
    asked=st.floats(0, 1), locked=st.booleans(),
)  # fmt: skip
def test_worse_figures_never_give_a_better_verdict(
    missed: int, defects: int, alarms: int, good: int, asked: float, locked: bool
) -> None:
    missed, alarms = min(missed, defects), min(alarms, good)
    now = RANK[judge(figures(missed, defects, alarms, good, asked, locked), Criteria()).verdict]
    more = RANK[judge(figures(min(missed + 1, defects), defects, alarms, good, asked, locked), Criteria()).verdict]
    unlocked = RANK[judge(figures(missed, defects, alarms, good, asked, False), Criteria()).verdict]
    assert more <= now and unlocked <= min(now, 1)


@pytest.mark.parametrize("limit", [0.005, 0.02, 0.05, 0.2, 0.5])
def test_so_many_defects_without_a_miss_are_needed_and_no_fewer(limit: float) -> None:
    needed = defects_needed(limit)
    assert clopper_pearson(0, needed).high <= limit < clopper_pearson(0, needed - 1).high


def test_changed_limits_are_kept_and_named_with_the_usual_ones(tmp_path) -> None:  # type: ignore[no-untyped-def]
    project = Project.open(tmp_path / "プロジェクト")
    try:
        assert read_settings(project) == ReportSettings()
        criteria = changed_by(Criteria(), ["ready.missed=2%", "checked.defects=30", "ready.locked=no"])
        write_settings(project, ReportSettings(criteria, "筐体A-12 <最終検査>"))
        assert read_settings(project) == ReportSettings(criteria, "筐体A-12 <最終検査>")
        assert (criteria.ready.missed, criteria.checked.defects, criteria.ready.locked) == (0.02, 30, False)
        rows, changed = rule_rows(judge(figures(), criteria), criteria, TEXTS["en"])
        assert changed
        assert any(row.ready == "at most 2 % (usually at most 5 %)" for row in rows)
        assert not rule_rows(judge(figures(), Criteria()), Criteria(), TEXTS["en"])[1]
        for broken in ("[]", '{"ready": 3}', '{"ready": {"missed": -1}}', '{"ready": {"missed": "NaN"}}', "{"):
            project.set_setting(SETTING, broken)
            assert read_settings(project) == ReportSettings(), broken
    finally:
        project.close()


@pytest.mark.parametrize(
    "text",
    ["missed=0.1", "ready.misses=0.1", "ready.missed=5", "ready.missed=x", "ready.missed=nan", "ready.defects=2.5",
     "ready.locked=maybe", "ready.defects=-1", ""],
)  # fmt: skip
def test_a_limit_that_makes_no_sense_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError):
        changed_by(Criteria(), [text])
