"""A report on steel surfaces with the shipped encoder: few tags are not enough, twenty-five and more may be."""

from pathlib import Path

import pytest
from command_line import run

from micm_desktop.labeling import Labeling
from micm_desktop.progress import JobControl


@pytest.mark.slow
def test_the_verdict_follows_what_was_tested(twenty_each: Path, tmp_path: Path) -> None:
    labeling = Labeling.open(tmp_path / "project")
    labeling.project.add_folder(twenty_each)
    list(labeling.scan(JobControl()))
    labeling.refresh()
    list(labeling.compute_features(JobControl()))
    kinds: dict[str, list[int]] = {}
    for row, image in enumerate(labeling.images):
        kinds.setdefault(image.path.parent.name, []).append(row)
    ids = {kind: labeling.project.add_class(kind, is_good=kind == "scratches").id for kind in kinds}
    verdicts = []
    for each in (3, 20):
        for kind, rows in kinds.items():
            labeling.tag(rows[:each], ids[kind])
        outcome = run("report", tmp_path / "project", "--out", tmp_path / f"{each}.html", "--json")
        assert outcome.code == 0, outcome.stderr
        verdicts.append(outcome.values["verdict"])
    labeling.close()
    assert verdicts == ["not_yet", "checked"], "no tags that built the inspection make it ready"
    page = (tmp_path / "20.html").read_text(encoding="utf-8")
    assert page.count("evidence for") > 8 and len(page) < 4_000_000
