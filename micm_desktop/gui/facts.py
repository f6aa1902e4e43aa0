"""Gathers how far the work is, for the navigation."""

from typing import Literal

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from micm_desktop.gui.evaluating import EvaluationWork
from micm_desktop.gui.i18n import percent
from micm_desktop.gui.inventory import InventoryWork
from micm_desktop.gui.pages.export import ExportPage
from micm_desktop.gui.pages.pretrain import PretrainPage
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.steps import Facts, PageName, State, states
from micm_desktop.gui.words import words


class FactFinder(QObject):
    """Says for each page how far it is, and emits when that may have changed."""

    changed = Signal()

    def __init__(
        self,
        session: Session,
        scanner: Scanner,
        inventory: InventoryWork,
        evaluation: EvaluationWork,
        pretrain: PretrainPage,
        export: ExportPage,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._scanner = scanner
        self._inventory = inventory
        self._evaluation = evaluation
        self._pretrain = pretrain
        self._export = export
        # Opening a project tells of it eight times.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.changed)
        for signal in (
            session.opened,
            session.closed,
            session.images_changed,
            session.tags_changed,
            session.classes_changed,
            session.predictions_changed,
            scanner.started,
            scanner.ended,
            inventory.began,
            inventory.ended,
            inventory.changed,
            evaluation.began,
            evaluation.ended,
            evaluation.changed,
            pretrain.progressed,
            pretrain.state_changed,
            export.state_changed,
        ):
            signal.connect(self._soon.start)

    def notes(self) -> dict[PageName, tuple[State, str]]:
        """State and a few words for each page."""
        tags = self._session.tag_classes()
        tagged = int(np.count_nonzero(tags))
        usable, inventory = self._session.columns.usable, self._inventory
        facts = Facts(
            project_open=self._session.labeling is not None,
            images=usable,
            scanning=self._scanner.running,
            inventory="running" if inventory.running else "taken" if inventory.taken is not None else "none",
            pretraining=self._pretrain.running,
            pretrained=self._pretrain.trained,
            tagged_classes=int(np.count_nonzero(np.bincount(tags, minlength=1)[1:])),
            decided=self._decided(),
            evaluation=self._evaluated(),
            exported=self._export.exported,
        )
        found = states(facts)
        folders = self._session.folders
        texts: dict[PageName, str] = {
            "start": folders[0].path.name if facts.project_open and folders else "",
            "images": words.images(usable) if usable else "",
            "inventory": {
                "none": QCoreApplication.translate("FactFinder", "optional"),
                "running": QCoreApplication.translate("FactFinder", "running"),
                "taken": QCoreApplication.translate("FactFinder", "done"),
            }[facts.inventory],
            "pretrain": self._pretrain_note(facts),
            "label": words.tagged(tagged) if tagged else "",
            "decide": "" if facts.decided else QCoreApplication.translate("FactFinder", "optional"),
            "evaluate": self._evaluation_note(facts),
            "export": QCoreApplication.translate("FactFinder", "model file written") if facts.exported else "",
        }
        follow = QCoreApplication.translate("FactFinder", "next step")
        return {page: (state, texts[page] or (follow if state == "next" else "")) for page, state in found.items()}

    def _decided(self) -> bool:
        labeling = self._session.labeling
        return labeling is not None and labeling.decided

    def _evaluated(self) -> Literal["none", "running", "taken"]:
        work = self._evaluation
        if work.doing == "evaluating":
            return "running"
        there = work.evaluated is not None and work.evaluated.judged is not None
        return "taken" if there and not work.outdated else "none"

    def _evaluation_note(self, facts: Facts) -> str:
        found = self._evaluation.evaluated
        if facts.evaluation == "running":
            return QCoreApplication.translate("FactFinder", "running")
        if facts.evaluation == "none" or found is None or found.evaluation.right is None:
            return QCoreApplication.translate("FactFinder", "optional")
        share = percent(found.evaluation.right.share)
        return QCoreApplication.translate("FactFinder", "{share} right").format(share=share)

    def _pretrain_note(self, facts: Facts) -> str:
        if facts.pretraining:
            return QCoreApplication.translate("FactFinder", "running, {share}").format(
                share=percent(self._pretrain.fraction_done)
            )
        if facts.pretrained:
            return QCoreApplication.translate("FactFinder", "done")
        return QCoreApplication.translate("FactFinder", "optional")
