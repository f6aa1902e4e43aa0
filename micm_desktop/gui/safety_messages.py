"""The core's sentences about projects that others have open, backups and labels as files; see ``core_messages``."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

SAFETY = (
    QT_TRANSLATE_NOOP(
        "Core",
        "{user} on {machine} has had this project open since {time}: here it can only be looked at. Close it there to "
        "change it here.",
    ),
    QT_TRANSLATE_NOOP("Core", "The project was opened only to look at it."),
    QT_TRANSLATE_NOOP(
        "Core",
        "This project was opened for editing elsewhere meanwhile. Open it again to see what was changed there.",
    ),
)
