"""Reports on a real, small project, with a tiny encoder that was really pretrained."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from labeling_bench import LabelingBench, opened

from micm_desktop.fewshot.decision import Outcome
from micm_desktop.labeling import Labeling
from micm_desktop.progress import Cancelled, JobControl, Progress
from micm_desktop.project.records import UNSURE
from micm_desktop.project.store import Project
from micm_desktop.report import stock as stock_module
from micm_desktop.report.content import Report, gather_report
from micm_desktop.report.examples import show_examples
from micm_desktop.report.limits import ReportSettings
from micm_desktop.report.page import report_page
from micm_desktop.report.provenance import tags_hash
from micm_desktop.report.tagging import read_tagging

HOSTILE = "<script>alert(\"x\")</script> 100% & 'ピット'"
MADE = "2026-11-26 12:00"


class Parsed(HTMLParser):
    """Tags, addresses that a browser would fetch, and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.events: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.events += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def gather(labeling: Labeling, cache: Path, settings: ReportSettings | None = None) -> Report:
    """The report of an open project."""
    events = list(gather_report(labeling, settings or ReportSettings(), cache, JobControl()))
    assert all(isinstance(event, Progress) for event in events[:-1])
    assert isinstance(events[-1], Report)
    return events[-1]


@pytest.fixture(scope="module")
def bench(labeled: Path, patch_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelingBench]:
    """Hostile names everywhere; four tags of three classes, one of them good, and one image nobody could tell."""
    root = tmp_path_factory.mktemp("報告")
    for found in opened(root, labeled, patch_encoder):
        odd = "100%s & 'ピット' {{ 7*7 }}.png" if sys.platform == "win32" else '<b>"100%s"<i> & ピット {{ 7*7 }}.png'
        pit = found.pictures / "pit"
        first = sorted(pit.iterdir())[0]
        first.rename(pit / odd)
        (pit / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        shutil.copy(sorted((found.pictures / "good").iterdir())[0], found.pictures / "good" / "copy.png")
        found.start()
        assert len(found.labeling.images) == 20
        names = {"good": "良品", "pit": HOSTILE, "stain": "stain"}
        for kind, name in names.items():
            rows = [row for row in found.rows(kind) if found.labeling.images[row].status == "ok"]
            class_id = found.labeling.project.add_class(name, is_good=kind == "good").id
            found.labeling.tag(rows[:4] if kind == "pit" else rows[-4:], class_id)
        unsure = found.labeling.images[found.rows("stain")[0]].sha256
        found.labeling.project.restore_tags({unsure: UNSURE})
        yield found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the inventory keeps between runs."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def report(bench: LabelingBench, cache: Path) -> Report:
    purpose = f"最終検査 {HOSTILE}"
    return gather(bench.labeling, cache, ReportSettings(purpose=purpose))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", ["html", "print"])
def test_nothing_from_names_becomes_markup_and_nothing_is_fetched(report: Report, language: str, kind: str) -> None:
    page = report_page(report, language, MADE, kind)  # type: ignore[arg-type]
    parsed = Parsed(page)
    assert "script" not in parsed.tags and not parsed.events
    assert parsed.addresses and all(address.startswith("data:image/") for address in parsed.addresses)
    assert HOSTILE in parsed.text and "49.png" not in parsed.text
    if kind == "html":
        assert "{{ 7*7 }}" in parsed.text
    if kind == "html" and sys.platform != "win32":
        assert '<b>"100%s"<i> & ピット' in parsed.text
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_the_verdict_and_its_reason_come_first(report: Report) -> None:
    text = Parsed(report_page(report, "en", MADE)).text
    head = text[text.index("Verdict") :][:600]
    assert "Not yet" in head and "tested defects" in head and "judged without its own tag" in head
    order = [text.index(word) for word in ("Not yet", "The rules behind", "Purpose", "Results", "Risks", "SHA-256")]
    assert order == sorted(order)


def test_counts_problems_and_history_are_right(report: Report) -> None:
    stock = report.stock
    assert (stock.images, stock.readable, stock.distinct, stock.unreadable, stock.gone) == (20, 19, 18, 1, 0)
    assert [name for name, _ in stock.problems] == ["pit/broken.png"] and stock.copies >= 1
    assert report.tagging.tags == report.tagging.here == (4, 4, 4)
    (tagger,) = report.tagging.taggers
    assert tagger.given == (4, 4, 4) and report.tagging.unsure == 1
    (day,) = report.tagging.days
    assert (day.tagged, day.changed, day.removed) == (12, 0, 0), "that nobody can tell is no tag"
    text = Parsed(report_page(report, "ja", MADE)).text
    for sentence in ("broken.png", "人が「わからない」とした1枚", "ほぼ同じです", "1つのアカウント"):
        assert sentence in text, sentence


def test_the_figures_are_those_of_the_evaluation(report: Report, bench: LabelingBench) -> None:
    judged = report.evaluation.judged
    assert judged is not None and report.figures.source == "leave-one-out"
    good = np.array([record.is_good for record in report.evaluation.classes])[judged.labels]
    assert (report.figures.defects, report.figures.good) == (8, 4)
    assert not bench.labeling.missing_views(), "figures are those of a model that learned from views, as it is exported"
    missed = int((judged.outcome[~good] == Outcome.GOOD).sum())
    assert report.figures.missed is not None and report.figures.missed.count == missed
    assert sum(one.count for one in report.examples) == len(judged.keys)
    assert sum(one.count for one in report.examples if one.kind == "missed") == missed


def test_the_same_inputs_give_the_same_bytes(report: Report, bench: LabelingBench, cache: Path) -> None:
    bench.reopen()
    bench.labeling.load_features()
    again = gather(bench.labeling, cache, ReportSettings(purpose=report.purpose))
    for language in ("en", "ja"):
        assert report_page(report, language, MADE) == report_page(again, language, MADE)
        dated = report_page(again, language, "2027-01-01 00:00")
        assert dated.replace("2027-01-01 00:00", MADE) == report_page(report, language, MADE)


def test_a_heatmap_explains_the_verdict_without_the_own_tag_or_is_left_out(
    report: Report, bench: LabelingBench
) -> None:
    labeling, judged = bench.labeling, report.evaluation.judged
    assert judged is not None
    row = int(np.flatnonzero(judged.outcome != Outcome.UNKNOWN)[0])
    image = next(one for one in labeling.images if one.sha256 == judged.keys[row])
    without_own = labeling.explain(image, own_tag=False)
    project = labeling.project
    tag = project.tags()[image.sha256]
    project.tag([image.sha256], None)
    try:
        removed = labeling.explain(image)
    finally:
        project.tag([image.sha256], tag)
    assert without_own.class_name == removed.class_name
    assert np.array_equal(without_own.heatmap, removed.heatmap)

    def shown(**changes: object) -> list[object]:
        found = list(show_examples(labeling, replace(judged, **changes), report.evaluation.classes, JobControl()))[-1]
        assert isinstance(found, tuple)
        return [one for examples in found for one in examples.shown]

    agreeing = shown()
    assert any(one.heat for one in agreeing)  # type: ignore[attr-defined]
    others = shown(predicted=(judged.predicted + 1) % 3)
    assert not any(one.heat for one in others)  # type: ignore[attr-defined]
    unknown = shown(outcome=np.full(len(judged.keys), Outcome.UNKNOWN, np.int8))
    assert unknown and all(not one.heat and one.nearest for one in unknown)  # type: ignore[attr-defined]


def test_a_large_set_is_counted_in_full_and_looked_at_in_part(
    bench: LabelingBench, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_module, "LOOKED_AT", 5)
    found = gather(bench.labeling, cache)
    assert found.stock.images == 20 and found.stock.looked_at == 5
    assert sum(len(one.inventory.measures) for one in found.stock.folders if one.inventory is not None) == 5
    assert "5 of 19 images" in Parsed(report_page(found, "en", MADE)).text


def test_it_stops_when_asked(bench: LabelingBench, cache: Path) -> None:
    control = JobControl()
    with pytest.raises(Cancelled):
        for _ in gather_report(bench.labeling, ReportSettings(), cache, control):
            control.cancel()


def test_images_that_were_deleted_since_are_said(
    labeled: Path, patch_encoder: Path, tmp_path: Path, cache: Path
) -> None:
    for bench in opened(tmp_path, labeled, patch_encoder):
        bench.start()
        bench.tag("good", "pit", each=3)
        gone = [bench.labeling.images[row].path for row in bench.rows("pit")[:2]]
        gone[0].unlink()
        bench.scan()
        # The other one goes unnoticed by the project.
        gone[1].unlink()
        bench.labeling.load_features()
        found = gather(bench.labeling, cache)
        text = Parsed(report_page(found, "en", MADE)).text
        assert found.stock.gone == 1 and "1 tagged images cannot be found" in text
        assert "The file is not there any more" in text or "cannot be read" in text
        assert found.judgement.verdict == "not_yet"


def test_a_project_that_has_not_got_far_says_what_is_missing(
    labeled: Path, patch_encoder: Path, tmp_path: Path, cache: Path
) -> None:
    for bench in opened(tmp_path, labeled, patch_encoder):

        def check(labeling: Labeling, state: str, *wanted: str) -> None:
            found = gather(labeling, cache)
            assert found.judgement.verdict == "not_yet" and found.figures.source == "none", state
            for language in ("en", "ja"):
                text = Parsed(report_page(found, language, MADE)).text
                assert "0 of 0" not in text and "nan" not in text, state
            text = Parsed(report_page(found, "en", MADE)).text
            assert all(one in text for one in ("Nothing could be measured", *wanted)), state

        check(bench.labeling, "nothing at all", "There are no images", "No class has been set up", "Nobody has tagged")
        (tmp_path / "空").mkdir()
        bench.labeling.project.add_folder(tmp_path / "空")
        check(bench.labeling, "an empty folder", "空")
        bench.start()
        check(bench.labeling, "no tags", "18")
        ids = bench.tag("good", each=3)
        check(bench.labeling, "one class", "It tells apart: good.")
        bench.labeling.tag(bench.rows("good")[1:3], None)
        bench.tag("pit", each=1)
        check(bench.labeling, "single tags", "good, pit")
        bench.labeling.tag(bench.rows("good")[:3], ids["good"])
        bench.reopen()
        check(bench.labeling, "features that were not loaded", "features")


def test_a_project_without_a_good_class_cannot_be_ready(
    labeled: Path, patch_encoder: Path, tmp_path: Path, cache: Path
) -> None:
    for bench in opened(tmp_path, labeled, patch_encoder):
        bench.start()
        bench.labeling.project.lock([bench.labeling.images[bench.rows("stain")[2]].sha256], "list")
        bench.tag("pit", "stain", each=3)
        found = gather(bench.labeling, cache)
        text = Parsed(report_page(found, "en", MADE)).text
        assert found.judgement.verdict == "not_yet" and "Mark at least one class as good parts" in text
        assert "From 5 images that people tagged" in text, "the tag of the locked image teaches nothing"
        assert "Costs need tags of good parts" in text and found.evaluation.judged is not None


def test_the_hash_of_the_tags_follows_every_one_of_them(bench: LabelingBench) -> None:
    project = bench.labeling.project
    tags, classes = project.tags(), project.classes()
    before = tags_hash(tags, classes)
    assert before == tags_hash(dict(reversed(tags.items())), classes)
    key = next(iter(tags))
    other = next(one.id for one in classes if one.id != tags[key])
    assert tags_hash({**tags, key: other}, classes) != before
    assert tags_hash({k: v for k, v in tags.items() if k != key}, classes) != before
    assert tags_hash(tags, [replace(one, is_good=not one.is_good) for one in classes]) != before


def test_only_what_had_another_class_before_counts_as_changed(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "project")
    one, other = (project.add_class(name).id for name in ("one", "other"))
    steps = (UNSURE, one), (one, None, one), (one, None, other), (one, UNSURE, other), (UNSURE,)
    for key, given in zip("abcde", steps, strict=True):
        for class_id in given:
            project.restore_tags({key * 64: class_id})
    found = read_tagging(project, {})
    (day,) = found.days
    assert found.changed == 2, "c and d"
    assert (day.tagged, day.changed, day.removed) == (7, 0, 3)
    project.restore_tags({"a" * 64: other})
    assert (read_tagging(project, {}).changed, read_tagging(project, {}).days[0].changed) == (3, 1)
    project.close()
