"""A small student from the Export page: started, stopped, and what is said of it."""

from collections.abc import Callable
from pathlib import Path

from gui_bench import TIMEOUT
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.export.fit_student import Distilled
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.student_check import Comparison, Tagged
from micm_desktop.gui.main_window import MainWindow


def test_a_student_is_taught_and_stopped(
    labelling: MainWindow, select: Callable[[str], int], tmp_path: Path, qtbot: QtBot
) -> None:
    box = labelling.export.student
    labelling.show_page("export")
    assert not box.write.isEnabled()
    labelling.show_page("label")
    for number, kind in enumerate(("good", "scratch"), start=1):
        select(f"{kind}_0.png")
        QTest.keyClick(labelling.label.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    labelling.show_page("export")
    assert box.write.isEnabled()
    with qtbot.waitSignal(box.distilling.progress, timeout=TIMEOUT):
        box.start(tmp_path / "student.onnx")
    assert box.progress.isVisible() and not box.write.isEnabled()
    box.progress.cancelled.emit()
    qtbot.waitUntil(lambda: not box.distilling.running, timeout=TIMEOUT)
    assert "no file was left behind" in box.banner.text and box.write.isEnabled()
    assert not list(tmp_path.glob("*student*")) and not list(tmp_path.glob("*.part"))


def test_missed_defects_are_said_first(labelling: MainWindow) -> None:
    found = Comparison(100, 94, 40, 2, 60, 1, 9, 4, True, 0.002, 0.03, Tagged(20, 19, 10, 1), Tagged(20, 18, 10, 3))
    said = labelling.export.student.sentences(found)
    assert said[0].startswith("Warning") and "misses 3, the teacher 1" in said[0]
    assert said[1].startswith("Warning") and "of 40" in said[1] and "calls 2 good" in said[1]
    assert "on 6 of 100" in said[2] and "94 of 100" in said[4] and "15.0 times" in said[-1]
    fine = Comparison(100, 100, 40, 0, 60, 0, 0, 0, True, 0.002, 0.03, Tagged(20, 19, 10, 1), Tagged(20, 19, 10, 0))
    assert not any(sentence.startswith("Warning") for sentence in labelling.export.student.sentences(fine))
    assert found.sentences()[0].startswith("WARNING") and not fine.sentences()[0].startswith("WARNING")


def test_a_student_that_loses_too_much_is_written_only_on_request(
    labelling: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    box, out = labelling.export.student, tmp_path / "student.onnx"
    labelling.show_page("export")
    bad = Comparison(49, 21, 20, 9, 20, 3, 9, 4, True, 0.002, 0.03, Tagged(0, 0, 0, 0), Tagged(0, 0, 0, 0))
    made = Distilled(ExportResult(out, ("good", "pit"), {}, 5, 0.0, 9), bad, 80, 50, 10**6, 60.0, refused=b"graph")
    box.distilling.made = made
    box._refresh()
    assert "so no file was written" in box.banner.text and not out.exists()
    assert "calls 9 good" in box.result.text() and "on 28 of 49" in box.result.text()
    box.banner.button.click()
    qtbot.waitUntil(lambda: out.exists() and not box.distilling.running, timeout=TIMEOUT)
    assert out.read_bytes() == b"graph" and not box.banner.isVisible()
    assert box.result.text().startswith(f"{out} is written.")
