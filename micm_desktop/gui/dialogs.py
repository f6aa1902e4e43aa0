"""What the window asks and tells in a box of its own."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

import micm_desktop
from micm_desktop.project.folders import log_file


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


def tell_about(parent: QWidget) -> None:
    """The program's version, and where its log is."""
    text = QCoreApplication.translate(
        "MainWindow",
        "<h3>MICM Desktop {version}</h3><p>Visual inspection from a few examples. Everything runs on this "
        "computer; no image leaves it.</p><p>Log: {log}</p>",
    ).format(version=micm_desktop.__version__, log=log_file())
    QMessageBox.about(parent, QCoreApplication.translate("MainWindow", "About MICM Desktop"), text)
