"""What the engineer lays down about decisions is kept in the project, and decides."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from labeling_bench import KINDS, LabelingBench, opened

from micm_desktop.export import runtime
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.decision import Outcome, class_shares, default_policy, estimate_defect_share
from micm_desktop.labeling.deciding import SETTING, DecisionSettings, follow_class
from micm_desktop.progress import JobControl


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    yield from opened(tmp_path, labeled, patch_encoder)


@pytest.fixture
def tagged(bench: LabelingBench) -> LabelingBench:
    bench.start()
    bench.tag(*KINDS)
    good = next(record for record in bench.labeling.project.classes() if record.name == "good")
    bench.labeling.project.change_class(good.id, is_good=True)
    return bench


def test_a_new_project_has_the_default_costs(tagged: LabelingBench) -> None:
    policy = tagged.predictions().policy
    assert dict(zip(policy.good, policy.costs, strict=True)) == {True: 1.0, False: 50.0}
    assert policy.threshold is None and policy.two_sided


def test_settings_are_on_disk_and_come_back(tagged: LabelingBench) -> None:
    ids = {record.name: record.id for record in tagged.labeling.project.classes()}
    settings = DecisionSettings(
        {ids["pit"]: 7.0}, 2.0, 0.03, 0.25, 0.1, Rules((0.1, 0.2, 0.8, 0.9), 0.01, {"pit": 0.4}, 0.1, 3.0)
    )
    tagged.labeling.set_decision(settings)
    tagged.reopen()
    tagged.labeling.load_features()
    assert tagged.labeling.decision == settings
    policy = tagged.predictions().policy
    assert sorted(policy.costs) == [1.0, 7.0, 50.0]
    assert (policy.ask_cost, policy.threshold) == (2.0, 0.25)
    assert sum(s for s, good in zip(policy.shares, policy.good, strict=True) if not good) == pytest.approx(0.03)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"costs": {"1": Infinity}}',
        '{"ask_cost": 1e999}',
        '{"costs": {"1": -3}}',
        '{"threshold": 2}',
        '{"rules": {"area": [1]}}',
    ],
)
def test_settings_that_cannot_be_read_are_the_defaults(tagged: LabelingBench, text: str) -> None:
    tagged.labeling.project.set_setting(SETTING, text)
    tagged.reopen()
    assert tagged.labeling.decision == DecisionSettings()


def test_a_dearer_miss_lets_fewer_parts_pass_as_good(tagged: LabelingBench) -> None:
    def passed(miss: float) -> set[int]:
        costs = {record.id: miss for record in tagged.labeling.project.classes() if not record.is_good}
        tagged.labeling.set_decision(DecisionSettings(costs, ask_cost=1000.0, defect_share=0.5))
        return set(np.flatnonzero(tagged.predictions().outcome == Outcome.GOOD).tolist())

    cheap, dear = passed(0.5), passed(200.0)
    assert dear < cheap


def test_held_out_tags_are_named_with_what_is_said_of_them(tagged: LabelingBench) -> None:
    found = tagged.predictions().held_out
    tags = tagged.labeling.project.tags()
    assert set(found.keys) == set(tags)
    names = {record.id: index for index, record in enumerate(tagged.predictions().classes)}
    assert found.labels.tolist() == [names[tags[key]] for key in found.keys]
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)


def test_the_model_file_decides_as_the_window_does(tagged: LabelingBench, tmp_path: Path) -> None:
    settings = DecisionSettings(defect_share=0.2, threshold=0.4, rules=Rules(darkest=0.01))
    tagged.labeling.set_decision(settings)
    predictions = tagged.predictions()
    out = tmp_path / "model.onnx"
    for _ in tagged.labeling.export(out, JobControl()):
        pass
    model = runtime.load(out)
    assert model.info.rules == settings.rules
    from micm_desktop.images.decode import decode_image

    for row, image in enumerate(tagged.labeling.images):
        verdict = model.judge(decode_image(image.path))
        assert verdict.outcome == predictions.outcome[row]
        assert verdict.class_name == predictions.classes[predictions.class_index[row]].name
        assert verdict.risk == pytest.approx(predictions.risk[row], abs=1e-3)


def test_a_least_probability_holds_for_renamed_and_new_classes(tagged: LabelingBench, tmp_path: Path) -> None:
    classes = {record.name: record for record in tagged.labeling.project.classes()}
    least = {"good": 0.6, "pit": 0.6}
    tagged.labeling.set_decision(DecisionSettings(rules=Rules(least_probability=least)))
    tagged.labeling.project.change_class(classes["pit"].id, name="crater")
    out = tmp_path / "model.onnx"
    for _ in tagged.labeling.export(out, JobControl()):
        pass
    rules = runtime.load(out).info.rules
    assert rules.least_probability == dict.fromkeys((set(classes) - {"pit"}) | {"crater"}, 0.6)


def test_a_class_that_becomes_good_has_the_cost_of_a_false_alarm(tagged: LabelingBench) -> None:
    pit = next(record for record in tagged.labeling.project.classes() if record.name == "pit")
    settings = DecisionSettings({pit.id: 200.0, 99: 3.0}, threshold=0.3)
    assert follow_class(settings, pit, is_good=False) == settings
    assert follow_class(settings, pit, is_good=True) == DecisionSettings({99: 3.0})


def test_shares_of_the_two_sides() -> None:
    assert class_shares((True, False, False), 0.2) == pytest.approx((0.8, 0.1, 0.1))
    assert class_shares((True, False, False), None) == pytest.approx((1 / 3,) * 3)
    assert class_shares((False, False), 0.2) == (0.5, 0.5)


def test_how_frequent_defects_are_is_estimated_by_side() -> None:
    """Three classes of defects between which nothing tells apart: their sum is certain all the same."""
    rng = np.random.default_rng(0)
    is_defect = rng.random(4000) < 0.1
    position = is_defect + rng.normal(0, 0.3, 4000)
    good, bad = np.exp(-(position**2) / 0.18), np.exp(-((position - 1) ** 2) / 0.18)
    rows = np.stack([good, bad, bad, bad], axis=1)
    rows /= rows.sum(axis=1, keepdims=True)
    assert estimate_defect_share(rows.astype(np.float32), (True, False, False, False)) == pytest.approx(0.1, abs=0.02)
    assert estimate_defect_share(rows.astype(np.float32), (False,) * 4) is None


def test_a_defect_share_that_is_known_replaces_the_estimate(tagged: LabelingBench) -> None:
    estimated = tagged.predictions().policy.shares
    tagged.labeling.set_decision(replace(tagged.labeling.decision, defect_share=0.001))
    assert tagged.predictions().policy.shares != estimated
    assert default_policy((True, False), 0.001).shares == pytest.approx((0.999, 0.001))


def test_an_image_with_damaged_features_is_not_judged_and_the_others_are(tagged: LabelingBench) -> None:
    expected = tagged.predictions()
    row = next(row for row, tag in enumerate(tagged.labeling.tag_classes()) if not tag)
    embeddings = tagged.labeling._embeddings
    assert embeddings is not None
    embeddings.values.scales[embeddings.rows[tagged.labeling.images[row].sha256]] = np.nan
    found = tagged.predictions()
    assert (found.class_index[row], found.outcome[row], found.confidence[row]) == (-1, -1, 0)
    others = np.arange(18) != row
    assert (found.class_index[others] >= 0).all()
    np.testing.assert_allclose(found.probabilities[others], expected.probabilities[others], atol=1e-5)


def test_damaged_features_of_a_tagged_image_are_computed_anew(tagged: LabelingBench) -> None:
    expected = tagged.predictions()
    row = next(row for row, tag in enumerate(tagged.labeling.tag_classes()) if tag)
    (data,) = tagged.labeling.project.folder.glob("features/*/*/features.f32")
    index = (data.parent / "index.txt").read_text().split("\n")
    with data.open("r+b") as stream:
        stream.seek(index.index(tagged.labeling.images[row].sha256) * data.stat().st_size // 18)
        stream.write(np.float32(np.nan).tobytes())
    tagged.labeling.load_features()
    assert tagged.labeling.missing_features() == 1
    found = tagged.predictions()
    assert found.class_index[row] == -1 and (np.delete(found.class_index, row) >= 0).all()
    tagged.compute()
    assert tagged.labeling.missing_features() == 0
    np.testing.assert_allclose(tagged.predictions().probabilities, expected.probabilities, atol=1e-5)


def test_an_explanation_names_the_verdict_after_the_rules(tagged: LabelingBench) -> None:
    labeling, predictions = tagged.labeling, tagged.predictions()
    for row in (0, 7, 14):
        shown = labeling.explain(labeling.images[row])
        assert shown.ruled is not None and shown.ruled.rule == ""
        assert shown.ruled.outcome == predictions.outcome[row]
        assert shown.risk == pytest.approx(predictions.risk[row], abs=1e-3)
    labeling.set_decision(replace(labeling.decision, rules=Rules(darkest=0.999)))
    dark = labeling.explain(labeling.images[0]).ruled
    assert dark is not None and (dark.outcome, dark.rule) == (Outcome.ASK, "too_dark")
