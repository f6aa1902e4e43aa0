"""Exporting from the window, and reading the file with the line PC's runtime."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gui_bench import TIMEOUT
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.export import runtime
from micm_desktop.export.int8_trial import Int8Trial
from micm_desktop.export.target import Target
from micm_desktop.fewshot.tile_trial import TileTrial
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.images.decode import decode_image


def test_the_exported_file_judges_like_the_window(
    labelling: MainWindow, select: Callable[[str], int], tmp_path: Path, qtbot: QtBot
) -> None:
    page = labelling.export
    labelling.show_page("export")
    assert not page.export.isEnabled() and "Tag at least one image" in page.banner.text
    labelling.show_page("label")
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        select(f"{kind}_0.png")
        QTest.keyClick(labelling.label.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    labelling.show_page("export")
    out = tmp_path / "検査.onnx"
    page.file.setText(str(out))
    page.export.click()
    assert page.progress.isVisible() and not page.export.isEnabled()
    qtbot.waitUntil(lambda: page.exported, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not labelling.session.jobs.running, timeout=TIMEOUT)
    assert not page.banner.isVisible() and page._done.isVisible()
    # Nothing is squeezed where the window is lower than the page, and what is new is in view.
    qtbot.waitUntil(lambda: page.summary.height() >= page.summary.heightForWidth(page.summary.width()))
    qtbot.waitUntil(lambda: not page.command.visibleRegion().isEmpty())
    assert "検査.onnx" in page.summary.text() and "Checked on 24 images" in page.summary.text()
    page.copy.click()
    assert QGuiApplication.clipboard().text() == 'micm-desktop predict "検査.onnx" IMAGES --out results.csv'
    model = runtime.load(out)
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    predictions = labelling.session.predictions
    assert predictions is not None
    for row in (0, 10, 20):
        judged = model.judge(decode_image(labelling.session.images[row].path)).probabilities
        assert np.allclose(judged, predictions.probabilities[row], atol=1e-3)
    assert labelling.navigation.buttons["export"].state == "done"

    session = labelling.session
    assert session.labeling is not None and page._done_title.text() == "The model file is ready"
    session.change_decision(lambda now: replace(now, ask_cost=7.0))
    qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)
    assert "write the model file again" in page._done_title.text()
    assert labelling.navigation.buttons["export"].state == "next"


def test_another_kind_of_file_is_another_file(labelling: MainWindow) -> None:
    page = labelling.export
    labelling.show_page("export")
    page.file.setText("/somewhere/検査.onnx")
    assert page.kind.target == Target()
    page.kind.format.setCurrentIndex(1)
    page.kind.int8.click()
    assert page.file.text() == str(Path("/somewhere/検査.xml"))
    assert page.kind.target == Target(openvino=True, int8=True) and page._outdated()
    page.kind.format.setCurrentIndex(0)
    page.kind.int8.click()
    assert page.file.text() == str(Path("/somewhere/検査.onnx")) and page.kind.target == Target()
    said = page.kind.cost(Int8Trial(60, 57, 56, 100, 99, 40, 0, 90, 12))
    assert "56 of 60 tagged images" in said and "57 without" in said and "So few tags" in said


def test_a_place_that_cannot_be_written_is_said_in_words(
    labelling: MainWindow, select: Callable[[str], int], tmp_path: Path, qtbot: QtBot
) -> None:
    for number, kind in enumerate(("good", "scratch"), start=1):
        select(f"{kind}_0.png")
        QTest.keyClick(labelling.label.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    labelling.show_page("export")
    (tmp_path / "file").write_text("in the way")
    assert labelling.session.labeling is not None
    encoder = labelling.session.labeling.project.active_encoder()
    assert encoder is not None
    inside = labelling.export.contents.lines
    qtbot.waitUntil(lambda: inside.itemAtPosition(0, 1).widget().text() == encoder.name)  # type: ignore[union-attr]
    labelling.export.file.setText(str(tmp_path / "file" / "model.onnx"))
    labelling.export.export.click()
    qtbot.waitUntil(lambda: not labelling.session.jobs.running, timeout=TIMEOUT)
    assert str(tmp_path / "file") in labelling.export.banner.text
    assert "error in the program" not in labelling.export.banner.text


@pytest.mark.slow
def test_tiles_are_offered_only_where_the_tags_say_so(
    labelling: MainWindow, select: Callable[[str], int], tmp_path: Path, qtbot: QtBot
) -> None:
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        for index in range(3):
            select(f"{kind}_{index}.png")
            QTest.keyClick(labelling.label.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    labelling.show_page("export")
    page, box = labelling.export, labelling.export.tiles
    assert not box.cut.isEnabled() and box.try_it.isEnabled() and page.export.isEnabled()
    box.try_it.click()
    assert box.progress.isVisible() and not box.try_it.isEnabled() and not page.export.isEnabled()
    qtbot.waitUntil(lambda: not box.running, timeout=TIMEOUT)
    assert "at least twice the pixels" in box.said.text() and not box.cut.isEnabled(), "the pictures are small"

    # What a trial on large images would report.
    for found, accuracy in ((TileTrial(2, 9, 0.5, 0.4, 3.0), "40%"), (TileTrial(2, 9, 0.5, 0.9, 3.0), "90%")):
        box._on_event(found)
        box._on_end(Outcome("done"))
        assert accuracy in box.said.text() and "uncut 50%" in box.said.text()
        assert box.cut.isEnabled() == box.cut.isChecked() == found.offered
    out = tmp_path / "tiles.onnx"
    page.file.setText(str(out))
    page.export.click()
    qtbot.waitUntil(lambda: page.exported and not labelling.session.jobs.running, timeout=TIMEOUT)
    assert runtime.load(out).info.tiles == 2
    box.cut.click()
    assert not page.exported and "write the model file again" in page._done_title.text()
    box.cut.click()
    assert page.exported
    labelling.session.tag([0], None)
    assert box.count == 1 and not box.cut.isEnabled(), "a trial holds for the tags that it was made with"
