"""Sentences that several pages say."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, QObject


class Words(QObject):
    """Counted and timed things in the language in use; use :data:`words`."""

    def time_left(self, seconds: float) -> str:
        """A rough time in words, e.g. ``about 3 minutes left``."""
        count = max(round(seconds), 1)
        if seconds < 60:
            return self.tr("about %n second(s) left", "", count)
        count = round(seconds / 60)
        if seconds < 5400:
            return self.tr("about %n minute(s) left", "", count)
        count = round(seconds / 3600)
        return self.tr("about %n hour(s) left", "", count)

    def duration(self, seconds: float) -> str:
        """How long something took, in words."""
        count = round(seconds)
        if seconds < 90:
            return self.tr("%n second(s)", "", count)
        count = round(seconds / 60)
        return self.tr("%n minute(s)", "", count)

    def moment(self, when: datetime) -> str:
        """A date and time as the language in use writes them, in local time."""
        return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(when.timestamp())), QLocale.FormatType.ShortFormat)

    def images(self, count: int) -> str:
        """``1 image``, ``1,800 images``."""
        return _grouped(self.tr("%n image(s)", "", count), count)

    def tagged(self, count: int) -> str:
        """``1 image tagged``."""
        return _grouped(self.tr("%n image(s) tagged", "", count), count)

    def file_size(self, size: int) -> str:
        """Bytes as the language in use writes them, e.g. ``12.3 MiB``."""
        return QLocale().formattedDataSize(size)


words = Words()


def _grouped(text: str, count: int) -> str:
    # Qt writes %n without group separators.
    return text.replace(str(count), QLocale().toString(count), 1)
