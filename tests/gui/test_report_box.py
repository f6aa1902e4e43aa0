"""The report from the window: limits, languages, both kinds of file, cancelling and failing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from gui_bench import TIMEOUT
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.report_pdf import PICTURE, keep_together
from micm_desktop.gui.widgets.report_box import ReportBox
from micm_desktop.report.limits import Criteria, ReportSettings, read_settings


@pytest.fixture
def box(
    labelling: MainWindow, select: Callable[[str], int], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ReportBox:
    """On the Export page, with two tags of three classes; what the inventory keeps lies in the test's own folder."""
    monkeypatch.setattr("micm_desktop.gui.reporting.cache_folder", lambda: tmp_path / "cache")
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        for index in range(2):
            select(f"{kind}_{index}.png")
            QTest.keyClick(labelling.label.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    labelling.show_page("export")
    return labelling.export.report


def test_no_heading_or_caption_stands_alone_at_the_end_of_a_page(qapp: QGuiApplication) -> None:
    for before in range(40):
        document = QTextDocument()
        document.setPageSize(QSizeF(400, 300))
        picture = '<img src="none" width="80" height="60">'
        filler = "<p>text</p>" * before
        document.setHtml(f"{filler}<h2>one</h2><h3>two</h3><p>three</p><p>{picture}</p><p>four<br>{picture}</p>")
        keep_together(document)
        blocks = [document.findBlockByNumber(number) for number in range(before, document.blockCount())]
        layout = document.documentLayout()
        places = [
            (block.text(), layout.blockBoundingRect(block).y() + block.layout().lineAt(line).y())
            for block in blocks
            for line in range(block.layout().lineCount())
        ]
        pages = [int(place // 300) for _, place in places]
        assert [text[:3] for text, _ in places] == ["one", "two", "thr", PICTURE, "fou", "fou"]
        assert len(set(pages[:4])) == 1 and len(set(pages[4:])) == 1, (before, pages)


def done(box: ReportBox) -> bool:
    return not box.reporting.running


def test_a_report_from_the_window(
    box: ReportBox, labelling: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert box.write.isEnabled() and not box.open.isVisible()
    box.limits.click()
    qtbot.waitUntil(lambda: box.dialog is not None and box.dialog.isVisible(), timeout=TIMEOUT)
    dialog = box.dialog
    assert dialog is not None and dialog.criteria() == Criteria(), "the boxes hold every limit exactly"
    dialog.purpose.setPlainText("筐体A-12 <最終検査>")
    dialog.checked["missed"].setValue(12.5)  # type: ignore[union-attr]
    dialog.ready["locked"].setChecked(False)  # type: ignore[union-attr]
    changed = dialog.criteria()
    dialog.accept()
    labeling = labelling.session.labeling
    assert labeling is not None
    qtbot.waitUntil(lambda: not labelling.session.jobs.running, timeout=TIMEOUT)
    assert read_settings(labeling.project) == ReportSettings(changed, "筐体A-12 <最終検査>")
    assert changed.checked.missed == 0.125 and not changed.ready.locked

    box.language.setCurrentIndex(box.language.findData("ja"))
    page = tmp_path / "報告書"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(page), "PDF (*.pdf)"))
    box.write.click()
    assert box.progress.isVisible() and not box.write.isEnabled()
    qtbot.waitUntil(lambda: done(box), timeout=TIMEOUT)
    assert box.result.text() == "The report is written. Its verdict: not yet."
    data = page.with_suffix(".pdf").read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page\n") >= 6

    box.start(tmp_path / "report.html")
    qtbot.waitUntil(lambda: done(box), timeout=TIMEOUT)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "筐体A-12 &lt;最終検査&gt;" in text and "まだ導入できません" in text
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    box.open.click()
    assert opened == [str(tmp_path / "report.html")]


def test_cancelled_or_refused_it_leaves_what_was_there(box: ReportBox, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("before")
    box.start(out)
    box.progress.cancelled.emit()
    qtbot.waitUntil(lambda: done(box), timeout=TIMEOUT)
    assert "cancelled" in box.banner.text and out.read_text() == "before" and not box.open.isVisible()
    box.start(out / "report.html")
    qtbot.waitUntil(lambda: done(box), timeout=TIMEOUT)
    assert str(out) in box.banner.text and "error in the program" not in box.banner.text
    assert [path.name for path in tmp_path.glob("*.html*")] == ["report.html"]
