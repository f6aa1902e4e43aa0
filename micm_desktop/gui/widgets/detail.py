"""The large view of one image with its heatmap, and in words why it was judged so."""

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from micm_desktop.gui.heat_colors import colored
from micm_desktop.gui.i18n import percent
from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.models.thumbnails import to_qimage
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.image_view import ImageView
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.labeling import Explanation

EXPLAIN_DELAY = 150
"""Milliseconds that the view must rest on an image before its heatmap is computed."""


class DetailView(QFrame):
    """Shows the image with a given index; pictures and heatmaps are made in workers and dropped once overtaken."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._row = -1
        self._image: ImageRecord | None = None
        self._problem = ""
        self._explanation: Explanation | None = None
        self.view = ImageView()
        self.name = QLabel()
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.why = QLabel()
        self.why.setWordWrap(True)
        self.why.setMinimumHeight(42)
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.heatmap = QCheckBox()
        self.heatmap.setChecked(True)
        self.heatmap.toggled.connect(self._on_heatmap_toggled)
        self._strength = styled_label("muted")
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(60)
        self.opacity.setMinimumWidth(60)
        self.opacity.setMaximumWidth(140)
        self.opacity.valueChanged.connect(lambda value: self.view.set_overlay_opacity(value / 100))
        self.view.set_overlay_opacity(0.6)
        self.fit = QPushButton()
        self.fit.clicked.connect(self.view.fit)
        self.actual = QPushButton("1:1")
        self.actual.clicked.connect(lambda: self.view.zoom_to(1.0))
        tools = QHBoxLayout()
        tools.addWidget(self.heatmap)
        tools.addWidget(self._strength)
        tools.addWidget(self.opacity, 1)
        tools.addStretch(1)
        tools.addWidget(self.fit)
        tools.addWidget(self.actual)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.name)
        layout.addWidget(self.view, 1)
        layout.addLayout(tools)
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
        if same:
            return
        self._explanation = None
        self._problem = ""
        self._explain.forget()
        self._decode.forget()
        self.view.clear_overlay()
        self._say_why()
        if image is None:
            self.view.clear()
            self.name.clear()
            return
        self.name.setText(image.relative_path)
        self.name.setToolTip(str(image.path))
        path = image.path

        def load() -> QImage:
            from micm_desktop.images.decode import decode_image

            return to_qimage(decode_image(path))

        self._decode.request(row, load)
        self._rest.start()

    def toggle_heatmap(self) -> None:
        self.heatmap.toggle()

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self._rest.stop()
        self._decode.stop()
        self._explain.stop()

    # --- the picture

    @Slot(object, object)
    def _on_picture(self, row: object, picture: object) -> None:
        if row == self._row and isinstance(picture, QImage):
            self.view.show_image(picture)
            self._rest.start()

    @Slot(object, object)
    def _on_picture_failed(self, row: object, failure: Failure) -> None:
        if row == self._row:
            self.view.clear()
            self.why.setText(in_words(failure))

    # --- the heatmap

    @Slot()
    def _ask_for_explanation(self) -> None:
        labeling, image, row = self._session.labeling, self._image, self._row
        if labeling is None or image is None or self._session.predictions is None or not self.heatmap.isChecked():
            return
        if self._decode.busy:
            return

        def explain() -> tuple[object, QImage]:
            explanation = labeling.explain(image)
            return explanation, to_qimage(colored(explanation.heatmap, image.width, image.height))

        self._problem = ""
        self._explain.request(row, explain)
        self._say_why()

    @Slot(object, object)
    def _on_explanation(self, row: object, result: object) -> None:
        if row != self._row or not isinstance(result, tuple):
            return
        self._explanation, overlay = result
        self.view.show_overlay(overlay)
        self._say_why()

    @Slot(object, object)
    def _on_explain_failed(self, row: object, failure: Failure) -> None:
        if row == self._row:
            self._problem = in_words(failure)
            self._say_why()

    @Slot(bool)
    def _on_heatmap_toggled(self, shown: bool) -> None:
        self.view.set_overlay_visible(shown)
        self.opacity.setEnabled(shown)
        if shown and self._explanation is None:
            self._rest.start()
        self._say_why()

    @Slot()
    def _on_predictions(self) -> None:
        if self._session.predictions is None:
            self._explain.forget()
            self._explanation = None
            self.view.clear_overlay()
        elif self._image is not None:
            if self._explanation is not None and self._explanation.class_name != self._predicted():
                # The old map explains another verdict than the one that is shown now.
                self._explanation = None
                self.view.clear_overlay()
            self._rest.start()
        self._say_why()

    def _predicted(self) -> str:
        predictions = self._session.predictions
        if predictions is None or self._row >= len(predictions.class_index) or predictions.class_index[self._row] < 0:
            return ""
        name: str = predictions.classes[predictions.class_index[self._row]].name
        return name

    # --- words

    def _say_why(self) -> None:
        explanation = self._explanation
        if self._image is None:
            self.why.setText(self.tr("Select an image to see it large."))
        elif not self._predicted():
            self.why.setText("")
        elif self._problem:
            self.why.setText(self._problem)
        elif explanation is not None:
            self.why.setText(self._reason(explanation))
        elif self.heatmap.isChecked():
            self.why.setText(self.tr("Computing the heatmap…"))
        else:
            self.why.setText(self.tr("Press H to see which places speak for the prediction."))

    def _reason(self, explanation: "Explanation") -> str:
        shares = self._shares()
        first = f"<b>{escape(explanation.class_name)}</b> {shares.get(explanation.class_name, '')}".strip()
        if not explanation.runner_up:
            return self.tr("Bright places speak for {first}.").format(first=first)
        second = f"<b>{escape(explanation.runner_up)}</b> {shares.get(explanation.runner_up, '')}".strip()
        return self.tr("Why {first} and not {second}: bright places speak for it most.").format(
            first=first, second=second
        )

    def _shares(self) -> dict[str, str]:
        predictions = self._session.predictions
        if predictions is None or self._row >= len(predictions.probabilities):
            return {}
        row = predictions.probabilities[self._row]
        return {
            record.name: f"({percent(float(share))})" for record, share in zip(predictions.classes, row, strict=True)
        }

    def retranslate(self) -> None:
        self.heatmap.setText(self.tr("Heatmap (H)"))
        self._strength.setText(self.tr("Strength"))
        self.opacity.setAccessibleName(self.tr("Strength of the heatmap"))
        self.opacity.setToolTip(self.tr("Strength of the heatmap"))
        self.fit.setText(self.tr("Fit"))
        self.fit.setToolTip(self.tr("Show the whole image (double click). The wheel zooms, dragging moves."))
        self.actual.setToolTip(self.tr("One screen pixel for each pixel of the image"))
        self._say_why()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
