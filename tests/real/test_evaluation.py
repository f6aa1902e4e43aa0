"""A locked test set and leave-one-out beside the truth, on real surfaces."""

from pathlib import Path

import pytest
from tiny_model import last

from micm_desktop.labeling import Labeling
from micm_desktop.labeling.evaluating import compare_methods, evaluate
from micm_desktop.labeling.evaluation_values import Comparison, Evaluation
from micm_desktop.labeling.setting_aside import Locked, lock_share
from micm_desktop.progress import JobControl


@pytest.mark.slow
def test_what_is_foretold_without_a_test_set_comes_true_on_it(
    twenty_each: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labeling = Labeling.open(tmp_path / "project")
    labeling.project.add_folder(twenty_each)
    list(labeling.scan(JobControl()))
    labeling.refresh()
    list(labeling.compute_features(JobControl()))
    locked = last(lock_share(labeling, 0.5, JobControl()), Locked)
    assert 55 <= locked.images <= 65
    hidden = labeling.project.locked()
    by_class: dict[str, list[str]] = {}
    for image in labeling.images:
        by_class.setdefault(image.path.parent.name, []).append(image.sha256)
    for number, (name, keys) in enumerate(by_class.items()):
        assert 7 <= len(hidden.intersection(keys)) <= 13, "of each folder about half"
        labeling.project.tag(keys, labeling.project.add_class(name, is_good=number == 0).id)
    found = last(evaluate(labeling, JobControl()), Evaluation)
    foretold = last(evaluate(labeling, JobControl(), by="leave-one-out"), Evaluation)
    compared = last(compare_methods(labeling, "auto", "prototype", JobControl()), Comparison)
    labeling.close()
    assert found.source == "locked" and found.most_probable is not None and foretold.most_probable is not None
    distinct = len({image.sha256 for image in labeling.images})
    assert found.most_probable.total == locked.images and foretold.most_probable.total == distinct - locked.images
    with capsys.disabled():
        print(
            f"\n    right on the test set {found.most_probable.share:.1%}, foretold {foretold.most_probable.share:.1%}"
            f" ({foretold.most_probable.low:.1%} to {foretold.most_probable.high:.1%})"
        )
    assert found.most_probable.share > 0.8
    assert found.most_probable.low <= foretold.most_probable.high
    assert foretold.most_probable.low <= found.most_probable.high
    assert compared.paired is not None and compared.paired.first == found.most_probable
