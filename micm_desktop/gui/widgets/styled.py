"""Labels in the roles that the theme knows."""

from PySide6.QtWidgets import QLabel


def styled_label(role: str, *, wrap: bool = False) -> QLabel:
    """A label in one of the theme's roles: ``title``, ``heading``, ``muted``, ``empty``, ``saved``, ``code``."""
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(wrap)
    return label
