"""A real window on a small real project, with an encoder that was really, if briefly, pretrained."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from gui_bench import KINDS, PER_KIND, TIMEOUT, TINY, Bench, write_picture
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from stalls import StallFinder

from micm_desktop.gui import features, opener, session, tag_views, turns
from micm_desktop.gui.app import make_window
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.watchdog import LIMIT
from micm_desktop.labeling import Labeling
from micm_desktop.micm import estimate
from micm_desktop.micm.events import Done
from micm_desktop.progress import JobControl
from micm_desktop.project.store import Project


@pytest.fixture(scope="session")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The images and a project with a pretrained encoder and features; copied for each test."""
    root = tmp_path_factory.mktemp("bench")
    for number, kind in enumerate(KINDS):
        for index in range(PER_KIND):
            write_picture(root / "検査画像" / kind / f"{kind}_{index}.png", kind, 100 * number + index)
    labeling = Labeling.open(root / "project")
    labeling.project.add_folder(root / "検査画像")
    control = JobControl()
    for _ in labeling.scan(control):
        pass
    labeling.refresh()
    events = list(labeling.pretrain(TINY, control))
    assert isinstance(events[-1], Done) and events[-1].completed
    for _ in labeling.compute_features(control):
        pass
    labeling.close()
    return Bench(root / "検査画像", root / "project")


@pytest.fixture
def bench(pretrained: Bench, tmp_path: Path) -> Bench:
    """A copy that the test may change."""
    shutil.copytree(pretrained.images, tmp_path / "検査画像", copy_function=shutil.copy2)
    shutil.copytree(pretrained.project, tmp_path / "project", copy_function=shutil.copy2)
    project = Project.open(tmp_path / "project")
    project.relocate_folder(project.folders()[0].id, tmp_path / "検査画像")
    project.close()
    return Bench(tmp_path / "検査画像", tmp_path / "project")


@pytest.fixture(autouse=True)
def own_places(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and new projects in a folder of the test's own."""
    home = tmp_path_factory.mktemp("home")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home))
    for module in (session, opener):
        monkeypatch.setattr(module, "projects_folder", lambda: home / "projects")


SLOWNESS = float(os.environ.get("MICM_STALL_MARGIN", "1"))
"""How much slower than an ordinary computer the machine that runs the tests is."""


@pytest.fixture(autouse=True)
def answering(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in which the window's thread computes for longer than a stall may last; see ``StallFinder`` for
    what that is. The collector is set as in the program; what earlier tests have left is not its business."""
    turns.share_time()
    gc.freeze()
    finder = StallFinder(LIMIT * SLOWNESS)
    yield
    found = finder.stop()
    if found and "may_stall" not in request.keywords:
        worst = max(found, key=lambda stall: stall.seconds)
        pytest.fail(f"the window computed for {worst.seconds:.3f} s in {worst.where}")


@pytest.fixture(autouse=True)
def short_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run would be like is measured by two steps, not by seconds of them, wherever the page is in view."""
    monkeypatch.setattr(estimate, "ENOUGH_SECONDS", 0.01)


@pytest.fixture(autouse=True)
def features_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first screen of a few images needs no head start."""
    monkeypatch.setattr(features, "SETTLING", 0)


@pytest.fixture(autouse=True)
def views_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views of tagged images are computed where a test asks for it, not whenever it has rested for a while."""
    monkeypatch.setattr(tag_views, "REST", 3_600_000)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The main window in English, shown; closed and with all its jobs ended afterwards."""
    Preferences().set_language("en")
    window = make_window(qapp)
    window.resize(1366, 740)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    window.close()
    # A project that is being closed, or lies on a network drive, is waited for.
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=TIMEOUT)
    window.translator.remove()
    window.deleteLater()
    # At once: what is left of earlier windows is styled and laid out with the next one.
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


@pytest.fixture
def opened(window: MainWindow, bench: Bench, qtbot: QtBot) -> MainWindow:
    """The window with the bench's project open and scanned."""
    window.opener.open_project(bench.project)
    qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)
    return window


@pytest.fixture
def labelling(opened: MainWindow, qtbot: QtBot) -> MainWindow:
    """On the Label page with a class for each kind and features for all images."""
    opened.show_page("label")
    for number, kind in enumerate(KINDS, start=1):
        opened.session.add_class(kind, key=str(number), color="#0072b2", is_good=kind == "good")
    qtbot.waitUntil(lambda: not opened.features.running, timeout=TIMEOUT)
    assert opened.session.labeling is not None
    qtbot.waitUntil(lambda: not opened.session.predicting, timeout=TIMEOUT)
    return opened


@pytest.fixture
def select(labelling: MainWindow) -> Callable[[str], int]:
    """Selects an image by file name on the Label page; returns its index."""

    def choose(name: str) -> int:
        row = next(row for row, image in enumerate(labelling.session.images) if image.path.name == name)
        assert labelling.label.grid.select_row(row)
        return row

    return choose
