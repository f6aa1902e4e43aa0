"""On the Export page: what goes into the model file."""

from collections import Counter

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from micm_desktop.gui.encoder_in_use import EncoderInUse
from micm_desktop.gui.i18n import number
from micm_desktop.gui.session import Session
from micm_desktop.gui.verdict_words import risk_in_words
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words


class ContentsBox(QFrame):
    """Encoder, images, classes and decisions of the open project, as of the last :meth:`refresh`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._encoder = EncoderInUse(session, self)
        self._encoder.changed.connect(self._on_encoder)
        self.setProperty("role", "panel")
        self._title = styled_label("heading")
        self.lines = QGridLayout()
        self.lines.setHorizontalSpacing(24)
        self.lines.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self._title)
        layout.addLayout(self.lines)
        self.retranslate()

    @Slot()
    def _on_encoder(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Say anew what would be written now."""
        while (item := self.lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, value) in enumerate([*self._learned(), *self._decision()]):
            label = styled_label("muted")
            label.setText(name)
            text = QLabel(value)
            text.setWordWrap(True)
            self.lines.addWidget(label, row, 0)
            self.lines.addWidget(text, row, 1)

    def _learned(self) -> list[tuple[str, str]]:
        tags = Counter(self._session.support_classes().tolist())
        lines = [
            (self.tr("Encoder"), self._encoder.name or self.tr("the one that came with the program")),
            (self.tr("Images in the project"), number(self._session.columns.usable)),
        ]
        for record in self._session.classes:
            # Inside an f-string the texts are not found for translation.
            good = self.tr("good part")
            name = f"{record.name} ({good})" if record.is_good else record.name
            count = tags[record.id]
            lines.append(
                (
                    self.tr("Class {name}").format(name=name),
                    words.tagged(count) if count else self.tr("no tag yet: left out of the file"),
                )
            )
        return lines

    def _decision(self) -> list[tuple[str, str]]:
        labeling, predictions = self._session.labeling, self._session.predictions
        if labeling is None or predictions is None:
            return []
        lines = []
        if predictions.policy.two_sided:
            low, high = (risk_in_words(risk) for risk in predictions.policy.band())
            line = self.tr("risk below {low}: good; from {high} on: defect; between: a person is asked")
            lines.append((self.tr("Line between good and defect"), line.format(low=low, high=high)))
        rules = self.tr("as on the Decide page") if labeling.decision.rules else self.tr("none")
        return [*lines, (self.tr("Rules"), rules)]

    def retranslate(self) -> None:
        self._title.setText(self.tr("What goes into the file"))
        if self.isVisible():
            self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
