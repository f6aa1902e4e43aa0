"""What happens in the folders of the open project shows without asking."""

import os
import shutil

from gui_bench import TIMEOUT, Bench
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow


def test_what_comes_goes_and_changes_is_noticed(opened: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    watch, session, scans = opened.folder_watch, opened.session, list[None]()
    opened.scanner.started.connect(lambda: scans.append(None))

    def looked() -> None:
        watch.look()
        assert session.jobs.running
        qtbot.waitUntil(lambda: not session.jobs.running, timeout=TIMEOUT)

    files = sorted(bench.images.rglob("*.png"))
    shown = session.images
    looked()
    assert not scans and session.images is shown
    (bench.images / "locked.png").symlink_to(bench.images / "nowhere.png")
    shutil.copy(files[0], bench.images / "新.png")
    looked()
    assert len(scans) == 1 and len(session.images) == len(files) + 1
    looked()
    assert len(scans) == 1, "what is known is no news"
    files[1].unlink()
    os.utime(files[2], (1, 1))
    looked()
    assert len(scans) == 2
    states = {image.relative_path: (image.status, image.modified) for image in session.images}
    assert states[files[1].relative_to(bench.images).as_posix()][0] == "missing"
    assert states[files[2].relative_to(bench.images).as_posix()] == ("ok", 1.0)
    looked()
    assert len(scans) == 2


def test_whoever_comes_back_sees_what_is_new(opened: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    watch, session = opened.folder_watch, opened.session
    shutil.copy(next(bench.images.rglob("*.png")), bench.images / "new.png")
    before = len(session.images)
    watch._on_state(Qt.ApplicationState.ApplicationActive)
    assert not session.jobs.running, "not at every click between two programs"
    watch._ended -= 60
    watch._on_state(Qt.ApplicationState.ApplicationInactive)
    assert not session.jobs.running
    watch._on_state(Qt.ApplicationState.ApplicationActive)
    qtbot.waitUntil(lambda: len(session.images) == before + 1, timeout=TIMEOUT)
