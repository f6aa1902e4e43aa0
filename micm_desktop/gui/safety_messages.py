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
        "This project was opened for editing elsewhere meanwhile: here it can only be looked at now. Open it again.",
    ),
    QT_TRANSLATE_NOOP("Core", "The backup could not be written to {path} ({reason}). Free some space."),
    QT_TRANSLATE_NOOP("Core", "the disk is full"),
    QT_TRANSLATE_NOOP("Core", "The backup {name} cannot be restored ({reason}). Choose another one."),
    QT_TRANSLATE_NOOP(
        "Core",
        "{path} could not be replaced ({reason}). Close other programs that use it, then try again.",
    ),
    QT_TRANSLATE_NOOP("Core", "The labels file {path} is too large ({size} MB at most)."),
    QT_TRANSLATE_NOOP("Core", "The labels file {path} cannot be read ({reason})."),
    QT_TRANSLATE_NOOP(
        "Core",
        "{path}, line {number}: the text is not UTF-8. In Excel, save it as “CSV UTF-8 (comma delimited)”.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{path}, line 1: the columns path or sha256, and class are needed. The first line names the columns.",
    ),
    QT_TRANSLATE_NOOP("Core", "{path}, line 1: the column {column} is there twice."),
    QT_TRANSLATE_NOOP("Core", "{path}, line {number}: this is not CSV ({reason})."),
    QT_TRANSLATE_NOOP("Core", "{path}, line {number}: {reason}"),
    QT_TRANSLATE_NOOP("Core", "Line {number} contradicts line {other}: one image cannot be both."),
    QT_TRANSLATE_NOOP(
        "Core",
        "Line {number}: the box reaches over the edge of the image, which has {width} x {height} pixels.",
    ),
    QT_TRANSLATE_NOOP("Core", "Line {number}: {reason}"),
    QT_TRANSLATE_NOOP("Core", "there are {count} cells, and {columns} columns in the first line."),
    QT_TRANSLATE_NOOP("Core", "{text} is not a content hash of 64 hexadecimal digits."),
    QT_TRANSLATE_NOOP("Core", "neither path nor sha256 says which image is meant."),
    QT_TRANSLATE_NOOP("Core", "there is neither a class nor a box."),
    QT_TRANSLATE_NOOP("Core", "an image cannot be unsure and have a class."),
    QT_TRANSLATE_NOOP("Core", "{text} is not a time as in 2026-01-31T09:30:00+00:00."),
    QT_TRANSLATE_NOOP("Core", "the column source must be human or import, not {text}."),
    QT_TRANSLATE_NOOP("Core", "the column {column} must be 0 or 1, not {text}."),
    QT_TRANSLATE_NOOP("Core", "a box needs all of xmin, ymin, xmax and ymax."),
    QT_TRANSLATE_NOOP("Core", "{text} are not four numbers."),
    QT_TRANSLATE_NOOP("Core", "the box {text} is empty or lies outside of the image."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The project could not be written back to the network drive ({reason}). What was changed is kept on this "
        "computer, and written back when the project is opened here again.",
    ),
    QT_TRANSLATE_NOOP("Core", "The project on the network drive could not be copied to this computer ({reason})."),
    QT_TRANSLATE_NOOP("Core", "An older version of this program has the project {path} open. Close it there."),
)
