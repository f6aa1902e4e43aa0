"""The large view of one image with its heatmap or its examples, and in words why it was judged so."""

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from micm_desktop.gui.class_keys import HEATMAP_KEY
from micm_desktop.gui.i18n import percent
from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.gui.measured import Measured, measure
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.session import Session
from micm_desktop.gui.verdict_words import verdict_words
from micm_desktop.gui.widgets.examples_view import ExamplesView
from micm_desktop.gui.widgets.explained import Explained, explained
from micm_desktop.gui.widgets.fitting_label import OneLine, WholeText
from micm_desktop.gui.widgets.heat_tools import HeatMode, HeatTools
from micm_desktop.gui.widgets.large_view import LargeView
from micm_desktop.gui.widgets.locked_note import LockedNote
from micm_desktop.gui.widgets.page_stack import OneOf
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.labeling import Explanation

EXPLAIN_DELAY = 150
"""Milliseconds that the view must rest on an image before its heatmap is computed."""


class DetailView(QFrame):
    """Shows the image with a given index; pictures and heatmaps are made in workers and dropped once overtaken."""

    explained = Signal(int, object)
    """The index of the image in view and its :class:`Explanation`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._row = -1
        self._image: ImageRecord | None = None
        self._problem = ""
        self._explanation: Explanation | None = None
        self._picture = QImage()
        self._measured: Measured | None = None
        self.measured = styled_label("muted")
        self.name = OneLine(elide=Qt.TextElideMode.ElideMiddle)
        self.locked = LockedNote()
        self.large = LargeView(session, self.name)
        self.large.marking_changed.connect(self._on_marking)
        self.view = self.large.view
        self.why = WholeText()
        self.why.setMinimumHeight(60)
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tools = HeatTools()
        self.tools.toggled.connect(self._on_toggled)
        self.tools.mode_changed.connect(self._on_mode)
        self.tools.strength_changed.connect(self.view.set_overlay_opacity)
        self.view.set_overlay_opacity(0.6)
        self.examples = ExamplesView()
        self._stack = OneOf()
        self._stack.addWidget(self.large)
        self._stack.addWidget(self.examples)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.large.tools)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self.locked)
        layout.addWidget(self.measured)
        layout.addWidget(self.tools)
        layout.addWidget(self.why)
        self._decode = Latest(self)
        self._decode.ready.connect(self._on_picture)
        self._decode.failed.connect(self._on_picture_failed)
        self._explain = Latest(self, needs_engine=True)
        self._explain.ready.connect(self._on_explanation)
        self._explain.failed.connect(self._on_explain_failed)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(EXPLAIN_DELAY)
        self._rest.timeout.connect(self._ask_for_explanation)
        session.predictions_changed.connect(self._on_predictions)
        self.retranslate()

    def sizeHint(self) -> QSize:
        return QSize(460, 500)

    @property
    def row(self) -> int:
        """The index of the image in view, -1 for none."""
        return self._row

    @property
    def image(self) -> ImageRecord | None:
        return self._image

    def show_row(self, row: int) -> None:
        """Show the image with index ``row`` of the session's images; -1 shows none."""
        image = self._session.images[row] if 0 <= row < len(self._session.images) else None
        same = image is not None and self._image is not None and image.sha256 == self._image.sha256
        self._row, self._image = row, image
        self.large.show_record(image, row)
        self.locked.show_image(image)
        if same:
            return
        self._problem = ""
        self._decode.forget()
        self._picture, self._measured = QImage(), None
        self._say_measured()
        self._forget_explanation()
        self._say_why()
        if image is None:
            self.name.clear()
            return
        self.name.setText(image.relative_path)
        self.name.setToolTip(str(image.path))
        path = image.path
        self._decode.request(row, lambda: measure(path))
        self._rest.start()

    def press(self, key: str) -> bool:
        """Do what a typed ``key`` stands for; False where it stands for nothing."""
        if key == HEATMAP_KEY:
            self.tools.shown.toggle()
            return True
        return self.large.tools.press(key)

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self._rest.stop()
        self._decode.stop()
        self._explain.stop()
        self.large.stop()

    # --- the picture

    @Slot(object, object)
    def _on_picture(self, row: object, picture: object) -> None:
        if row == self._row and isinstance(picture, Measured):
            self._picture, self._measured = picture.picture, picture
            self._say_measured()
            self.large.show_image(self._picture)
            self._rest.start()

    @Slot(object, object)
    def _on_picture_failed(self, row: object, failure: Failure) -> None:
        if row == self._row:
            self.large.clear()
            self.why.setText(in_words(failure))

    # --- the heatmap or the examples

    @Slot()
    def _ask_for_explanation(self) -> None:
        self._ask(None)

    def _ask(self, known: "Explanation | None") -> None:
        labeling, image, row = self._session.labeling, self._image, self._row
        shown = self.tools.shown.isChecked()
        if labeling is None or image is None or self._session.predictions is None or not shown:
            return
        if self._decode.busy:
            return
        picture, mode, head = self._picture, self.tools.mode, self.tools.head.value() - 1
        colors = self.tools.colors.chosen
        self._problem = ""
        self._explain.request(row, lambda: explained(labeling, image, picture, mode, head, known, colors))
        self._say_why()

    @Slot(object, object)
    def _on_explanation(self, row: object, result: object) -> None:
        if row != self._row or not isinstance(result, Explained):
            return
        self._explanation = result.explanation
        self.explained.emit(self._row, result.explanation)
        self.tools.set_heads(len(result.explanation.heads))
        if result.overlay is not None:
            self.view.show_overlay(result.overlay)
            self._show_examples(False)
        else:
            self.view.clear_overlay()
            self.examples.show_examples(result.picture, result.examples)
            self._show_examples(True)
        self._say_why()

    @Slot(object, object)
    def _on_explain_failed(self, row: object, failure: Failure) -> None:
        if row == self._row:
            self._problem = in_words(failure)
            self._say_why()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self.view.set_overlay_visible(shown)
        if not shown:
            self._show_examples(False)
        else:
            self._on_mode()
        self._say_why()

    @Slot()
    def _on_mode(self) -> None:
        if self._explanation is not None:
            self._ask(self._explanation)
        else:
            self._rest.start()

    def _show_examples(self, shown: bool) -> None:
        # Whoever marks wants the picture, whatever explains it.
        shown = shown and not self.view.marking
        self._stack.setCurrentWidget(self.examples if shown else self.large)
        self.tools.set_examples(shown)
        self.large.tools.set_picture(not shown)

    @Slot(bool)
    def _on_marking(self, _marking: bool) -> None:
        explained = self.tools.shown.isChecked() and self._explanation is not None
        self._show_examples(explained and bool(self.examples.shown))

    def _forget_explanation(self) -> None:
        self._explain.forget()
        self._explanation = None
        self.view.clear_overlay()
        self.examples.clear()
        self._show_examples(False)

    @Slot()
    def _on_predictions(self) -> None:
        if self._session.predictions is None:
            self._forget_explanation()
        elif self._image is not None:
            known = self._explanation
            if known is not None and (known.class_name, known.unknown) != (self._predicted(), self._is_unknown()):
                # The old map explains another verdict than the one that is shown now.
                self._forget_explanation()
            self._rest.start()
        self._say_why()

    def _predicted(self) -> str:
        predictions = self._session.predictions
        if predictions is None or self._row >= len(predictions.class_index) or predictions.class_index[self._row] < 0:
            return ""
        name: str = predictions.classes[predictions.class_index[self._row]].name
        return name

    def _is_unknown(self) -> bool:
        predictions = self._session.predictions
        return predictions is not None and self._row < len(predictions.unknown) and bool(predictions.unknown[self._row])

    # --- words

    def _say_measured(self) -> None:
        text = self.tr("Brightness {brightness}  ·  Sharpness {sharpness}")
        self.measured.setText(self._measured.fill(text) if self._measured is not None else "")

    def _say_why(self) -> None:
        explanation = self._explanation
        if self._image is None:
            self.why.setText(self.tr("Select an image to see it large."))
        elif not self._predicted():
            self.why.setText("")
        elif self._problem:
            self.why.setText(self._problem)
        elif explanation is not None:
            verdict = (
                verdict_words.sentence(explanation, self._session.predictions.policy)
                if self._session.predictions
                else ""
            )
            self.why.setText("<br>".join(line for line in (verdict, self._reason(explanation)) if line))
        elif self.tools.shown.isChecked():
            self.why.setText(self.tr("Computing the heatmap…"))
        else:
            self.why.setText(self.tr("Press H to see which places speak for the prediction."))

    def _reason(self, explanation: "Explanation") -> str:
        if explanation.unknown:
            return self.tr(
                "Unlike anything that is tagged, so there is no heatmap: it would explain a class that this image may"
                " not have. These tagged images are the nearest; equal numbers mark what matches."
            )
        shares = self._shares()
        first = f"<b>{escape(explanation.class_name)}</b> {shares.get(explanation.class_name, '')}".strip()
        second = f"<b>{escape(explanation.runner_up)}</b> {shares.get(explanation.runner_up, '')}".strip()
        match self.tools.mode:
            case HeatMode.EVIDENCE:
                text = self.tr("Why {first} and not {second}: bright places speak for it most.")
            case HeatMode.EXAMPLES:
                text = self.tr(
                    "Why {first} and not {second}: the nearest tagged images of both; equal numbers mark what matches."
                )
            case HeatMode.ATTENTION | HeatMode.ROLLOUT | HeatMode.HEAD:
                text = self.tr("{first}, then {second}. Bright places are where the network looks, whatever the class.")
        return text.format(first=first, second=second)

    def _shares(self) -> dict[str, str]:
        predictions = self._session.predictions
        if predictions is None or self._row >= len(predictions.probabilities):
            return {}
        row = predictions.probabilities[self._row]
        return {
            record.name: f"({percent(float(share))})" for record, share in zip(predictions.classes, row, strict=True)
        }

    def retranslate(self) -> None:
        self.measured.setToolTip(self.tr("As the rules on the Decide page measure them"))
        self._say_measured()
        self._say_why()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
