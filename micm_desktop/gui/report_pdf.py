"""A report as a PDF file on A4, laid out and painted by Qt."""

import base64
import os
import sys
from typing import Final, cast

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from micm_desktop.inventory.words import Language
from micm_desktop.report.content import Report
from micm_desktop.report.page import report_page
from micm_desktop.report.words import TEXTS

DOTS: Final = 96
"""Of an inch, in which the page is laid out."""
RESOLUTION: Final = 1200
MARGIN_MM: Final = 14.0
FOOTER: Final = 28.0
"""Dots below the text for name and page number."""
SHARPER: Final = 3
PICTURE: Final = "\ufffc"
"""Stands for a picture in the text of a block."""
FONTS: Final[dict[Language, list[str]]] = {
    "en": ["Segoe UI", "Noto Sans", "DejaVu Sans", "Noto Sans CJK JP", "sans-serif"],
    "ja": ["Yu Gothic UI", "Meiryo", "Noto Sans CJK JP", "IPAexGothic", "Noto Sans", "sans-serif"],
}
"""The Japanese ones name Japan's form of the characters that China writes differently."""


class _Document(QTextDocument):
    """Draws curves finer than the screen would, and gives all other pictures a square: Qt cannot fit them into one."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        text = name if isinstance(name, str) else name.toString()
        start, _, data = text.partition(",")
        if kind != QTextDocument.ResourceType.ImageResource.value or not start.startswith("data:"):
            return None
        if "svg" not in start:
            return _squared(QImage.fromData(base64.b64decode(data)))
        from PySide6.QtSvg import QSvgRenderer

        renderer = QSvgRenderer(base64.b64decode(data))
        image = QImage(renderer.defaultSize() * SHARPER, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        return image


def report_pdf(report: Report, language: Language, made: str) -> bytes:
    """The file's bytes. For any thread; there must be a QGuiApplication."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    texts = TEXTS[language]
    title = f"{texts['title']}: {report.name}"
    writer.setTitle(title)
    writer.setCreator("MICM Desktop")
    writer.setResolution(RESOLUTION)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    scale = RESOLUTION / DOTS
    width, height = writer.width() / scale, writer.height() / scale
    # Whole dots: the layout rounds, and what begins a page would show at the end of the one before.
    room = float(int(height - FOOTER))
    document = _Document()
    document.setUndoRedoEnabled(False)
    document.setDefaultFont(_font(language, 9.5))
    document.setUseDesignMetrics(True)
    document.setDocumentMargin(0)
    option = QTextOption()
    # Hashes and paths have no spaces to break at.
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    document.setPageSize(QSizeF(width, room))
    document.setHtml(report_page(report, language, made, "print"))
    keep_together(document)
    painter = QPainter(writer)
    painter.scale(scale, scale)
    pages = document.pageCount()
    for page in range(pages):
        if page:
            writer.newPage()
        painter.save()
        painter.translate(0, -page * room)
        document.drawContents(painter, QRectF(0, page * room, width, room))
        painter.restore()
        painter.setFont(_font(language, 7.5))
        painter.setPen(QColor("#4c5866"))
        below = QRectF(0, height - FOOTER, width, FOOTER)
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(below, bottom | Qt.AlignmentFlag.AlignLeft, title)
        number = texts["page"].format(page=page + 1, pages=pages)
        painter.drawText(below, bottom | Qt.AlignmentFlag.AlignRight, number)
    painter.end()
    buffer.close()
    return bytes(cast(bytes, buffer.data().data()))


def keep_together(document: QTextDocument) -> None:
    """Begin a new page before each heading or sentence that would be parted from what it is about: the text, table or
    pictures below. The document has a page size."""
    layout, height = document.documentLayout(), document.pageSize().height()

    def page(block: QTextBlock, line: int) -> int:
        lines = block.layout()
        top = layout.blockBoundingRect(block).y()
        return int((top + (lines.lineAt(line).y() if lines.lineCount() else 0)) // height)

    block = first = document.begin()
    while block.isValid():
        in_table = QTextCursor(block).currentTable() is not None
        last = block.layout().lineCount() - 1 if PICTURE in block.text() and not in_table else 0
        if page(first, 0) != page(block, last):
            new_page = QTextBlockFormat()
            new_page.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(first).mergeBlockFormat(new_page)
        following = block.next()
        captions = PICTURE in following.text() and PICTURE not in block.text() and not in_table
        if not (block.blockFormat().headingLevel() or captions):
            first = following
        block = following


def pdf_without_window(report: Report, language: Language, made: str) -> bytes:
    """The same for the command line, which has no application object yet; needs no display."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    assert app is not None
    return report_pdf(report, language, made)


def _squared(image: QImage) -> QImage:
    edge = max(image.width(), image.height(), 1)
    square = QImage(edge, edge, QImage.Format.Format_RGB32)
    square.fill(QColor("#eef1f4"))
    painter = QPainter(square)
    painter.drawImage((edge - image.width()) // 2, (edge - image.height()) // 2, image)
    # A white picture has an edge on white paper, too.
    painter.setPen(QColor("#d5dae1"))
    painter.drawRect(0, 0, edge - 1, edge - 1)
    painter.end()
    return square


def _font(language: Language, points: float) -> QFont:
    font = QFont(FONTS[language])
    font.setPixelSize(round(points * DOTS / 72))
    return font
