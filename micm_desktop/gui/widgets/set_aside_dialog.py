"""Asks how many images are to be set aside for the test, and says why."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words

SHARE = 20.0
"""Percent that is proposed."""


class SetAsideDialog(QDialog):
    """``images`` (readable, one per content), of which some are ``tagged`` and some ``locked`` already."""

    def __init__(self, images: int, tagged: int, locked: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self.setWindowTitle(self.tr("Set images aside"))
        self.setMinimumWidth(520)
        self.why = QLabel(
            self.tr(
                "Nothing learns from images that are set aside, and nothing is chosen by them, so that what they show "
                "of the result is proof. They are drawn at random from every folder and every kind of image, and "
                "images that are nearly equal stay together."
            )
        )
        self.why.setWordWrap(True)
        self.by_share, self.by_count = (
            QRadioButton(self.tr("A share of all images")),
            QRadioButton(self.tr("A number of images")),
        )
        self.by_share.setChecked(True)
        self.share, self.count = QDoubleSpinBox(), QSpinBox()
        self.share.setRange(0.1, 90)
        self.share.setDecimals(1)
        self.share.setSuffix("%")
        self.share.setValue(SHARE)
        self.share.setAccessibleName(self.by_share.text())
        self.count.setRange(1, max(1, images - 1))
        self.count.setValue(max(1, round(images * SHARE / 100)))
        self.count.setAccessibleName(self.by_count.text())
        self.outcome = styled_label("muted", wrap=True)
        self.late = styled_label("warning", wrap=True)
        self.late.setText(
            self.tr(
                "{tagged} have a tag and are left out, as those that once had one: what was learned from cannot test. "
                "Better set images aside before you tag."
            ).format(tagged=words.images(tagged))
        )
        self.late.setVisible(tagged > 0)
        self._locked = locked
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = buttons.addButton(self.tr("Set aside"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        grid = QGridLayout()
        for row, (radio, box) in enumerate(((self.by_share, self.share), (self.by_count, self.count))):
            grid.addWidget(radio, row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(self.why)
        column.addLayout(grid)
        column.addWidget(self.outcome)
        column.addWidget(self.late)
        column.addWidget(buttons)
        for signal in (self.by_share.toggled, self.share.valueChanged, self.count.valueChanged):
            signal.connect(self._say)
        self._say()

    @property
    def wanted(self) -> float:
        """The share of all images in (0, 1) that is to be locked, with those that are."""
        if self.by_share.isChecked():
            return self.share.value() / 100
        return min(self.count.value() / max(self._images, 1), 0.999)

    @Slot()
    def _say(self) -> None:
        self.share.setEnabled(self.by_share.isChecked())
        self.count.setEnabled(self.by_count.isChecked())
        wanted = round(self.wanted * self._images)
        new = max(0, wanted - self._locked)
        text = self.tr("About {wanted} of {images} are in the test set then.").format(
            wanted=words.images(wanted), images=words.images(self._images)
        )
        self.outcome.setText(text)
        self.accept_button.setEnabled(new > 0)
