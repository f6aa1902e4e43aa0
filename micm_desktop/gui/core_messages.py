"""The sentences that the core can say, so that they can be translated; ``{name}`` stands for a value."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

TEMPLATES = (
    QT_TRANSLATE_NOOP("Core", "the file is empty (0 bytes)"),
    QT_TRANSLATE_NOOP("Core", "the file is no longer there"),
)
