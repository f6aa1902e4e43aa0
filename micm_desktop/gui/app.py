"""Starts the window."""

import logging
import logging.handlers
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QMetaObject, Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from micm_desktop.gui import engine
from micm_desktop.gui.freed_memory import give_back_freed_memory
from micm_desktop.gui.i18n import Translator
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.theme import Theme
from micm_desktop.gui.turns import share_time
from micm_desktop.gui.watchdog import Watchdog
from micm_desktop.images import limits
from micm_desktop.project.folders import log_file

log = logging.getLogger(__name__)
LOG_BYTES = 2_000_000
INTERRUPT_CHECK_MS = 250


def run(project: Path | None = None) -> int:
    """Show the window until it is closed; opens ``project`` first where given. Returns the exit code."""
    _start_log()
    pressed: list[int] = []
    # While the window is made, too: an exception in the middle of what Python does for Qt ends in a crash.
    signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    app = application()
    window = make_window(app)
    _close_on_interrupt(window)
    share_time()
    window.show()
    engine.work_apart()
    dog = Watchdog(parent=window)
    app.aboutToQuit.connect(dog.stop)
    if pressed:
        QTimer.singleShot(0, window, window.close)
    elif project is not None:
        QTimer.singleShot(0, window, lambda: window.opener.open_project(project))
    return app.exec()


def application() -> QApplication:
    """The one application object, made on the first call."""
    found = QCoreApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication(sys.argv[:1])
    app.setApplicationName("micm-desktop")
    app.setApplicationDisplayName("MICM Desktop")
    app.setOrganizationName("MICM Desktop")
    return app


def make_window(app: QApplication) -> MainWindow:
    """The main window in the language and theme that were chosen last; not shown yet."""
    give_back_freed_memory()
    engine.make_qt_types()
    preferences = Preferences()
    limits.set_megapixels(preferences.largest_image())
    translator = Translator(app)
    translator.choose(preferences.language())
    theme = Theme(app)
    theme.choose(preferences.theme())
    with theme.styled_at_the_end():
        return MainWindow(preferences, translator, theme)


def _close_on_interrupt(window: MainWindow) -> None:
    """Ctrl+C in the terminal closes the window as its button does."""
    # Queued: the signal may come in the middle of anything that Python does for Qt, such as painting, where a window
    # must not be taken down.
    queued = Qt.ConnectionType.QueuedConnection
    signal.signal(signal.SIGINT, lambda *_: QMetaObject.invokeMethod(window, "close", queued))
    # Qt's loop does not return to Python by itself, and only Python runs the handler.
    wakeup = QTimer(window, interval=INTERRUPT_CHECK_MS)
    wakeup.timeout.connect(lambda: None)
    wakeup.start()


def _start_log() -> None:
    handler: logging.Handler
    try:
        handler = logging.handlers.RotatingFileHandler(log_file(), maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    except OSError:
        # Where nothing can be written, the window can still show what there is, and say so.
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # In place of what the command line logs to: two that write into one file write each line twice, and where an open
    # file cannot be renamed, as on Windows, it would never be rotated.
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    qInstallMessageHandler(lambda _kind, _context, message: log.info("Qt: %s", message))
    sys.excepthook = _log_exception
    threading.excepthook = lambda args: _log_exception(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _log_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("Unexpected error", exc_info=(kind, error, trace))
