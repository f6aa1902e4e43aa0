#!/usr/bin/env python3
"""Make all pictures of the README and of the guide, in both languages, from the window itself.

Usage: xvfb-run -a -s "-screen 0 1600x1200x24" python tools/make_screenshots.py
       [--only NAME …] [--language en|ja] [--folder FOLDER]
Takes some three minutes for each language on two cores; xvfb-run (package xvfb) is a screen that nobody sees. Without
--only every picture of docs/screenshots and docs/guide is made again. FOLDER appears in the pictures as the place of
the images; left out, it is a temporary one. Settings and caches lie there, too: those of the user are not touched.

The project holds the sample set, a fifth of it set aside, six tags a class, and the encoder that comes with the
program. Needs Pillow and the desktop parts of the package.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QRect, QSettings, Qt, QTimer, SignalInstance
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QScrollArea, QTableView, QTabWidget, QWidget
from screenshot_files import write_small
from screenshot_project import NAMES, SHOWN, Language, make_project

from micm_desktop.gui.app import application, make_window
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.turns import share_time
from micm_desktop.gui.widgets.embedding_map import EmbeddingMap
from micm_desktop.gui.widgets.heat_tools import HeatMode
from micm_desktop.images.samples import DefectBox

DOCS = Path(__file__).parents[1] / "docs"
SIZE = (1366, 768)


# --- waiting


def pause(milliseconds: int) -> None:
    """Let the window work. Not QTest.qWait, which keeps Python's lock from the workers."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], object], seconds: float = 400) -> None:
    """Let the window work until ``condition`` holds; raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"Nothing came of it within {seconds:g} seconds.")
        pause(30)


def wait_for_signal(signal: SignalInstance, action: Callable[[], object], seconds: float = 400) -> None:
    """Do ``action`` and let the window work until ``signal`` has come."""
    came: list[bool] = []

    def note(*_values: object) -> None:
        came.append(True)

    signal.connect(note)
    action()
    wait_for(lambda: came, seconds)
    signal.disconnect(note)


def settle(window: MainWindow, shown: QWidget | None = None) -> QPixmap:
    """Wait until no job runs and the picture stays the same for half a second; returns it."""
    detail = window.label.detail
    computing = detail.tr("Computing the heatmap…")
    wait_for(lambda: not window.session.jobs.running and not window.session.predicting)
    wait_for(lambda: not detail.isVisible() or detail.why.text() != computing)
    alike, before, picture = 0, QImage(), QPixmap()
    while alike < 5:
        pause(100)
        picture = (shown or window).grab()
        now = picture.toImage()
        alike, before = (alike + 1 if now == before else 0), now
    return picture


# --- pictures


class Album:
    """Takes the pictures of one language; ``only`` leaves out all other names."""

    def __init__(self, window: MainWindow, language: Language, only: Sequence[str], boxes: Sequence[DefectBox]) -> None:
        self.window, self.language, self.only, self.boxes = window, language, only, boxes

    def wants(self, *names: str) -> bool:
        return not self.only or any(name in self.only for name in names)

    def take(
        self,
        name: str,
        *parts: QWidget,
        margin: int = 8,
        height: int | None = None,
        shown: QWidget | None = None,
        settled: bool = True,
    ) -> None:
        """Write docs/``name``-LANGUAGE.png: ``shown`` or the window, cut to what ``parts`` cover with a ``margin`` and
        to the topmost ``height`` pixels where given."""
        if not self.wants(name.split("/")[-1]):
            return
        picture = settle(self.window, shown) if settled else (shown or self.window).grab()
        if parts:
            picture = picture.copy(self._around(parts, margin))
        if height is not None:
            picture = picture.copy(0, 0, picture.width(), height)
        file = DOCS / f"{name}-{self.language}.png"
        write_small(picture, file)
        print(f"{file.relative_to(DOCS)} {picture.width()}x{picture.height()} {file.stat().st_size:,} B", flush=True)

    def _around(self, parts: Sequence[QWidget], margin: int) -> QRect:
        found = QRect()
        for part in filter(QWidget.isVisible, parts):
            found |= QRect(part.mapTo(self.window, QPoint()), part.size())
        return found.adjusted(-margin, -margin, margin, margin) & self.window.rect()

    @contextmanager
    def in_dark(self) -> Iterator[None]:
        self.window.shell.theme_chosen.emit("dark")
        yield
        self.window.shell.theme_chosen.emit("light")


# --- the pages, in the order of the work


def take_all(album: Album, project: Path) -> None:
    """Go through the window from an empty start page to the run that is left to the end."""
    window = album.window
    album.take("screenshots/start")
    wait_for_signal(window.session.opened, lambda: window.opener.open_project(project))
    wait_for(lambda: window.session.predictions is not None and not window.features.loading)
    window.show_page("images")
    album.take("screenshots/images", height=470)
    _inventory(album)
    _label(album)
    _tools(album)
    _decide(album)
    _evaluation(album)
    _export(album, project)
    _dialogs(album)
    _pretrain(album)


def _row(window: MainWindow, name: str) -> int:
    return next(row for row, image in enumerate(window.session.images) if image.path.name == name)


def _inventory(album: Album) -> None:
    window = album.window
    window.show_page("inventory")
    wait_for_signal(window.inventory_work.ended, window.inventory.take.click)
    album.take("screenshots/inventory")


def _label(album: Album) -> None:
    window, label = album.window, album.window.label
    window.show_page("label")
    wait_for_signal(label.detail.explained, lambda: label.show_image(_row(window, SHOWN)))
    album.take("screenshots/label")
    if album.language == "en":
        with album.in_dark():
            album.take("guide/label-dark")
    detail = (label.queue.why, label.detail)
    label.detail.tools.choose(HeatMode.EXAMPLES)
    album.take("guide/examples", *detail)
    label.detail.tools.choose(HeatMode.EVIDENCE)
    compare = label.detail.large.tools.actions_by_name["compare"]
    wait_for(compare.isEnabled)
    compare.trigger()
    album.take("guide/compare", *detail)
    compare.trigger()


def _tools(album: Album) -> None:
    window, label = album.window, album.window.label
    detail = (label.queue.why, label.detail)
    if album.wants("next"):
        wait_for_signal(label.queue.shown, label.queue.bar.on.click)
        album.take("guide/next", label.gallery.bar, label.grid, *detail)
        label.queue.bar.on.click()
    if album.wants("map"):
        label.map.bar.map.click()
        wait_for(lambda: not label.map.busy)
        settle(window)
        _ring(window, "pit")
        album.take("guide/map", label, margin=0)
        label.map.bar.gallery.click()
    if album.wants("filters"):
        label.show_image(_row(window, SHOWN))
        label.gallery.bar.more.click()
        album.take("guide/filters", label.gallery.bar, label.grid, *detail, height=420)
        label.gallery.bar.more.click()
    if album.wants("mark"):
        label.show_image(_row(window, SHOWN))
        label.detail.large.tools.actions_by_name["mark"].trigger()
        settle(window)
        view = label.detail.view
        box = max((box for box in album.boxes if box.path.endswith(SHOWN)), key=lambda box: box.xmax - box.xmin)
        corners = ((box.xmin, box.ymin), (box.xmax, box.ymin), (box.xmax, box.ymax))
        _drag(view.viewport(), [view.mapFromScene(*corner) for corner in corners])
        album.take("guide/mark", *detail)
        label.detail.large.tools.actions_by_name["move"].trigger()


def _ring(window: MainWindow, kind: str) -> None:
    """Draw a ring around the middle of a kind's points."""
    view = window.label.findChild(EmbeddingMap)
    assert view is not None
    rows = [row for row, image in enumerate(window.session.images) if image.path.parent.name == kind]
    x, y = np.median([view.position(row).toTuple() for row in rows], axis=0)
    turns = np.linspace(0, 2 * np.pi, 24)[:-1]
    _drag(view.viewport(), [QPoint(int(x + 70 * np.cos(turn)), int(y + 60 * np.sin(turn))) for turn in turns])


def _drag(widget: QWidget, way: Sequence[QPoint]) -> None:
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(widget, left, no_key, way[0])
    for place in way[1:]:
        QTest.mouseMove(widget, place)
    QTest.mouseRelease(widget, left, no_key, way[-1])


def _decide(album: Album) -> None:
    window = album.window
    window.show_page("decide")
    settle(window)
    _choose_mistake(window.decide.matrix)
    album.take("screenshots/decide")
    if album.language == "ja":
        with album.in_dark():
            album.take("guide/decide-dark")


def _choose_mistake(matrix: QTableView) -> None:
    """Choose the first cell off the diagonal that counts an image."""
    model = matrix.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            text = str(model.index(row, column).data())
            if row != column and text.isdigit() and int(text):
                matrix.setCurrentIndex(model.index(row, column))
                return


def _evaluation(album: Album) -> None:
    window, page = album.window, album.window.evaluate
    window.show_page("evaluate")
    wait_for(lambda: window.evaluation_work.evaluated is not None and not window.evaluation_work.running)
    page.view.tabs.setCurrentIndex(1)
    settle(window)
    _choose_mistake(page.view.matrix)
    album.take("guide/evaluate")


def _export(album: Album, project: Path) -> None:
    window, page = album.window, album.window.export
    window.show_page("export")
    if album.wants("export"):
        page.file.setText(str(project.parent / "model.onnx"))
        page.export.click()
        wait_for(lambda: page.report.model_file is not None)
        reporting = page.report.reporting
        report = project.parent / "report.html"
        wait_for_signal(reporting.ended, lambda: reporting.start(report, album.language, page.report.model_file))
        settle(window)
        _show_whole(window, page)
        album.take("screenshots/export")
        window.resize(*SIZE)


def _dialogs(album: Album) -> None:
    window = album.window
    window.show_page("label")
    window.menus.actions["add_class"].trigger()
    _dialog(album, "guide/class")
    window.menus.actions["settings"].trigger()
    _dialog(album, "guide/settings", _last_tab)
    window.menus.actions["palette"].trigger()
    _dialog(album, "guide/palette", lambda dialog: _type(dialog, NAMES[album.language]["find"]))
    window.menus.actions["shortcuts"].trigger()
    _dialog(album, "guide/keys")


def _dialog(album: Album, name: str, prepare: Callable[[QDialog], None] | None = None) -> None:
    """Take a picture of the dialog that is open and close it."""

    def found() -> list[QDialog]:
        return [each for each in album.window.findChildren(QDialog) if each.isVisible()]

    wait_for(found)
    (dialog,) = found()
    if prepare is not None:
        prepare(dialog)
    album.take(name, shown=dialog)
    dialog.reject()
    wait_for(lambda: not found())


def _last_tab(dialog: QDialog) -> None:
    tabs = dialog.findChild(QTabWidget)
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentIndex(tabs.count() - 1)


def _type(dialog: QDialog, text: str) -> None:
    field = dialog.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText(text)


def _pretrain(album: Album) -> None:
    window, page = album.window, album.window.pretrain
    window.show_page("pretrain")
    if album.wants("pretrain"):
        settle(window)
        page.panel.duration.spin.setValue(1)
        page.panel.start.click()
        wait_for(lambda: page.fraction_done > 0.8)
        _show_whole(window, page)
        album.take("screenshots/pretrain", settled=False)


def _show_whole(window: MainWindow, page: QWidget) -> None:
    """Make the window as high as it takes to show what would have to be scrolled to."""
    areas = [area for area in page.findChildren(QScrollArea) if area.isVisible()]
    window.resize(SIZE[0], SIZE[1] + max(area.verticalScrollBar().maximum() for area in areas))
    pause(500)


# --- running it


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="as in docs, without language")
    parser.add_argument("--language", choices=("en", "ja"), action="append", help="one of them alone")
    parser.add_argument(
        "--folder", type=Path, help="where project and images are made; new or empty, removed at the end"
    )
    values = parser.parse_args()
    folder = values.folder or Path(tempfile.mkdtemp(prefix="micm-"))
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty.")
    for variable in ("CONFIG", "CACHE", "STATE", "DATA"):
        os.environ[f"XDG_{variable}_HOME"] = str(folder / "settings")
    share_time()
    app = application()
    app.setCursorFlashTime(0)
    try:
        for language in values.language or ("en", "ja"):
            _take_language(app, folder, language, values.only)
    finally:
        shutil.rmtree(folder)
    return 0


def _take_language(app: QApplication, folder: Path, language: Language, only: Sequence[str]) -> None:
    project, boxes = make_project(folder, language)
    # A settings file of its own: the start page shows no project of the other language.
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings" / language))
    preferences = Preferences()
    preferences.set_language(language)
    preferences.set_theme("light")
    window = make_window(app)
    window.resize(*SIZE)
    window.show()
    try:
        take_all(Album(window, language, only, boxes), project)
    finally:
        window.session.jobs.cancel_all()
        wait_for(lambda: not window.session.jobs.running)
        window.close()
        window.translator.remove()
        window.deleteLater()
        # Written now, not when the program ends and the folder is gone.
        QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "MICM Desktop", "micm-desktop").sync()


if __name__ == "__main__":
    sys.exit(main())
