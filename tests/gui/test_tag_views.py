"""When the hands rest, predictions learn from views of what was tagged; nothing has to be asked for."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from gui_bench import TIMEOUT
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.tag_views import TagViews
from micm_desktop.progress import JobControl, Progress


def test_predictions_learn_from_views_when_the_hands_rest(
    labelling: MainWindow, select: Callable[[str], int], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, changes = labelling.session, labelling.label.changes
    assert session.labeling is not None
    for name, key in (("good_0.png", "1"), ("scratch_0.png", "2"), ("pit_0.png", "3")):
        select(name)
        QTest.keyClick(labelling.label.grid, key)
        qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)
    assert session.predictions is not None and changes._before is not None
    by_tags, before, revision = session.predictions.probabilities, changes._before.class_ids, session.revision
    assert len(session.labeling.missing_views()) == 3, "tagging goes first"
    (views,) = labelling.findChildren(TagViews)
    compute, hold = session.labeling.compute_views, threading.Event()

    def held(control: JobControl) -> Iterator[Progress]:
        yield from compute(control)
        hold.wait(TIMEOUT / 1000)

    monkeypatch.setattr(session.labeling, "compute_views", held)
    views._rest.start(0)
    qtbot.waitUntil(lambda: session.labeling is not None and not session.labeling.missing_views(), timeout=TIMEOUT)
    # Predictions that were begun before the views were there arrive after them.
    session.predictions_changed.emit()
    hold.set()
    qtbot.waitUntil(lambda: not session.jobs.running and not session.predicting, timeout=TIMEOUT)
    assert not np.array_equal(session.predictions.probabilities, by_tags)
    assert session.revision == revision, "a model file that was written is still up to date"
    # What the views added counts as the last tag's doing.
    judged = labelling.label.gallery.judged
    assert judged is not None
    count = int((judged.class_ids != before).sum())
    assert changes.note.text() == f"{count} image{'s' * (count != 1)} changed class"

    # All views are known: a project that is only looked at needs no torch, which is half a gigabyte of memory.
    loads = list[None]()
    monkeypatch.setattr("micm_desktop.gui.tag_views.engine.load", lambda: loads.append(None))
    with qtbot.waitSignal(session.jobs.idle, timeout=TIMEOUT):
        views._rest.start(0)
    assert not loads
