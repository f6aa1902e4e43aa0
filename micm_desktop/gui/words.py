"""Sentences that several pages say."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale


def time_left(seconds: float) -> str:
    """A rough time in words, e.g. ``about 3 minutes left``."""
    if seconds < 60:
        return QCoreApplication.translate("Words", "about %n second(s) left", "", max(round(seconds), 1))
    if seconds < 5400:
        return QCoreApplication.translate("Words", "about %n minute(s) left", "", round(seconds / 60))
    return QCoreApplication.translate("Words", "about %n hour(s) left", "", round(seconds / 3600))


def duration(seconds: float) -> str:
    """How long something took, in words."""
    if seconds < 90:
        return QCoreApplication.translate("Words", "%n second(s)", "", round(seconds))
    return QCoreApplication.translate("Words", "%n minute(s)", "", round(seconds / 60))


def moment(when: datetime) -> str:
    """A date and time as the language in use writes them, in local time."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(when.timestamp())), QLocale.FormatType.ShortFormat)


def images(count: int) -> str:
    """``1 image``, ``1,800 images``."""
    return _with_number(QCoreApplication.translate("Words", "%n image(s)", "", count), count)


def tagged(count: int) -> str:
    """``1 image tagged``."""
    return _with_number(QCoreApplication.translate("Words", "%n image(s) tagged", "", count), count)


def file_size(size: int) -> str:
    """Bytes as the language in use writes them, e.g. ``12.3 MiB``."""
    return QLocale().formattedDataSize(size)


def _with_number(text: str, count: int) -> str:
    # Qt writes %n without group separators.
    return text.replace(str(count), QLocale().toString(count), 1)
