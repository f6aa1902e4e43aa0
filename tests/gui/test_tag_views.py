"""When the hands rest, predictions learn from views of what was tagged; nothing has to be asked for."""

from collections.abc import Callable

import numpy as np
from gui_bench import TIMEOUT
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow


def test_predictions_learn_from_views_when_the_hands_rest(
    labelling: MainWindow, select: Callable[[str], int], qtbot: QtBot
) -> None:
    session = labelling.session
    assert session.labeling is not None
    for name, key in (("good_0.png", "1"), ("pit_0.png", "3"), ("pit_1.png", "3")):
        select(name)
        QTest.keyClick(labelling.label.grid, key)
    qtbot.waitUntil(lambda: session.predictions is not None and not session.predicting, timeout=TIMEOUT)
    assert session.predictions is not None
    first = session.predictions.probabilities
    missing = len(session.labeling.missing_views())
    assert missing == 3, "tagging goes first"
    qtbot.waitUntil(lambda: session.labeling is not None and not session.labeling.missing_views(), timeout=TIMEOUT)
    qtbot.waitUntil(
        lambda: session.predictions is not None and not np.array_equal(session.predictions.probabilities, first),
        timeout=TIMEOUT,
    )
    qtbot.wait(0)
    assert not session.jobs.running
