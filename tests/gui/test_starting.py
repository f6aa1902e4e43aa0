"""Starting up: the window is there before the learning libraries are."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.preferences import Preferences, RecentProject
from micm_desktop.gui.steps import Facts, states
from micm_desktop.project.folders import project_for_images

IMPORT = """
import sys
import micm_desktop.gui.app
print([name for name in ("torch", "timm", "sklearn", "sqlalchemy", "cv2", "pyqtgraph") if name in sys.modules])
"""
SHOW = """
import sys
from micm_desktop.gui.app import application, make_window
from PySide6.QtTest import QTest
window = make_window(application())
window.show()
assert QTest.qWaitForWindowExposed(window)
print([name for name in ("torch", "timm", "sklearn", "sqlalchemy", "cv2", "pyqtgraph") if name in sys.modules])
"""


@pytest.mark.parametrize("code", [IMPORT, SHOW])
def test_nothing_slow_is_imported_before_the_window_is_visible(code: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_first_screen_offers_three_ways_to_begin(window: MainWindow, qtbot: QtBot) -> None:
    assert window.page == "start"
    assert window.start.sample_button.isVisible() and window.start.folder_button.isVisible()
    assert not window.start.recent.isVisible()
    window.start.set_recent([RecentProject(Path("p"), Path("lines/castings"))])
    assert window.start.recent.isVisible() and "castings" in window.start.recent.item(0).text()


def test_recent_projects_are_kept_newest_first() -> None:
    preferences = Preferences()
    for name in ("a", "b", "a"):
        preferences.remember(RecentProject(Path(name), Path("images") / name))
    assert [project.folder.name for project in Preferences().recent()] == ["a", "b"]


def test_a_folder_has_one_project_outside_itself(tmp_path: Path) -> None:
    images = tmp_path / "検査画像" / "良品①"
    images.mkdir(parents=True)
    place = project_for_images(images, tmp_path / "projects")
    assert place == project_for_images(images / ".." / "良品①", tmp_path / "projects")
    assert place.parent == tmp_path / "projects" and place.name.startswith("良品①-")
    assert place != project_for_images(tmp_path / "検査画像", tmp_path / "projects")


def test_the_next_step_follows_the_work() -> None:
    def following(facts: Facts) -> list[str]:
        return [page for page, state in states(facts).items() if state == "next"]

    assert following(Facts()) == ["start"]
    assert following(Facts(project_open=True)) == ["images"]
    assert following(Facts(project_open=True, images=5)) == ["inventory"], "as the hint says"
    assert following(Facts(project_open=True, images=5, inventory="taken")) == ["pretrain"]
    assert following(Facts(project_open=True, images=5, pretrained=True)) == ["label"]
    assert following(Facts(project_open=True, images=5, pretraining=True)) == ["label"]
    assert following(Facts(project_open=True, images=5, tagged_classes=1)) == ["label"]
    assert following(Facts(project_open=True, images=5, tagged_classes=2)) == ["export"]
    assert following(Facts(project_open=True, images=5, tagged_classes=2, exported=True)) == []


INTERRUPTED = """
import signal, threading
from micm_desktop.gui.app import run
threading.Timer(DELAY, signal.raise_signal, [signal.SIGINT]).start()
raise SystemExit(run())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process alone on Windows")
@pytest.mark.parametrize("delay", ["0.1", "2"], ids=["while it is made", "when it is there"])
def test_ctrl_c_closes_the_window(tmp_path: Path, delay: str) -> None:
    code = INTERRUPTED.replace("DELAY", delay)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
