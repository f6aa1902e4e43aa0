"""What the window asks and tells in a box of its own."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def ask_to_stop_pretraining(parent: QWidget) -> bool:
    """Whether the run may be stopped."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(QCoreApplication.translate("MainWindow", "Pretraining is running"))
    box.setText(QCoreApplication.translate("MainWindow", "Pretraining is still running. Stop it?"))
    box.setInformativeText(
        QCoreApplication.translate(
            "MainWindow", "What was learned so far is kept, and pretraining can go on from there later."
        )
    )
    stop = box.addButton(
        QCoreApplication.translate("MainWindow", "Stop pretraining"), QMessageBox.ButtonRole.AcceptRole
    )
    stay = box.addButton(QCoreApplication.translate("MainWindow", "Keep running"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is stop
