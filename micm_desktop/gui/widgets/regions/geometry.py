"""Where a box is taken hold of, and what becomes of it when it is dragged. In pixels of the image."""

from PySide6.QtCore import QPointF, QRectF, Qt

SIDES = (-1, 0, 1)
HANDLES = tuple((x, y) for y in SIDES for x in SIDES if (x, y) != (0, 0))
"""The corners and edges of a box: -1 is left or upper, 1 right or lower, 0 neither."""

Handle = tuple[int, int]
NONE: Handle = (0, 0)


def handle_at(box: QRectF, point: QPointF, reach: float) -> Handle:
    """The corner or edge of ``box`` that is within ``reach`` of ``point``; (0, 0) for none.

    Inside a small box the reach is shorter, so that there is always a middle to move it by.
    """
    if not box.adjusted(-reach, -reach, reach, reach).contains(point):
        return NONE
    return (
        _side(point.x(), box.left(), box.right(), reach),
        _side(point.y(), box.top(), box.bottom(), reach),
    )


def _side(at: float, low: float, high: float, reach: float) -> int:
    inside = min(reach, (high - low) / 4)
    if at - low <= inside:
        return -1
    return 1 if high - at <= inside else 0


def place_of(box: QRectF, handle: Handle) -> QPointF:
    """The point of a handle."""
    return QPointF(
        box.center().x() + handle[0] * box.width() / 2,
        box.center().y() + handle[1] * box.height() / 2,
    )


def resized(box: QRectF, handle: Handle, by: QPointF, area: QRectF) -> QRectF:
    """``box`` with the sides at ``handle`` moved, at least one pixel large and inside ``area``."""
    left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
    if handle[0] < 0:
        left = min(max(left + by.x(), area.left()), right - 1)
    if handle[0] > 0:
        right = max(min(right + by.x(), area.right()), left + 1)
    if handle[1] < 0:
        top = min(max(top + by.y(), area.top()), bottom - 1)
    if handle[1] > 0:
        bottom = max(min(bottom + by.y(), area.bottom()), top + 1)
    return QRectF(QPointF(left, top), QPointF(right, bottom))


def moved(box: QRectF, by: QPointF, area: QRectF) -> QRectF:
    """``box`` elsewhere, as large as before and inside ``area``."""
    x = min(max(box.left() + by.x(), area.left()), max(area.right() - box.width(), area.left()))
    y = min(max(box.top() + by.y(), area.top()), max(area.bottom() - box.height(), area.top()))
    return QRectF(x, y, box.width(), box.height())


def spanned(one: QPointF, other: QPointF, area: QRectF) -> QRectF:
    """The box between two corners, as far as it lies in ``area``."""
    return QRectF(one, other).normalized().intersected(area)


def cursor_of(handle: Handle) -> Qt.CursorShape:
    """The pointer over a handle; (0, 0) is the middle of a box."""
    if handle == NONE:
        return Qt.CursorShape.SizeAllCursor
    if 0 in handle:
        return Qt.CursorShape.SizeHorCursor if handle[0] else Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeFDiagCursor if handle[0] == handle[1] else Qt.CursorShape.SizeBDiagCursor
