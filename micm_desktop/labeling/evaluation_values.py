"""What an evaluation of a project hands out. All are immutable snapshots."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from micm_desktop.evaluation.confusion import ClassScore, Confusion
from micm_desktop.evaluation.curves import CostCurve, PrecisionRecall
from micm_desktop.evaluation.judged import Judged, Mask
from micm_desktop.evaluation.learning_curve import LearningCurve
from micm_desktop.evaluation.notes import Note, sentence
from micm_desktop.evaluation.paired import Paired
from micm_desktop.evaluation.reliability import Reliability
from micm_desktop.fewshot.decision import Policy, policy_to_json
from micm_desktop.fewshot.expected import Expected, Rate
from micm_desktop.project.records import ClassRecord
from micm_desktop.project.set_aside import SetAside

Source = Literal["locked", "leave-one-out", "none"]
"""By what images are judged: the locked test set, or each tagged image without its own tag; ``none`` were."""


@dataclass(frozen=True)
class Evaluation:
    """Verdicts on images whose class is known, by the encoder, ``method`` and ``policy`` in use.

    ``classes``: all K in play, of which the first ``trained`` have tags to learn from, ``support`` (K,) of them each.
    ``right``: images that get their class without a person being asked; ``most_probable``: those whose most probable
    class is theirs; ``balanced_accuracy`` the same with each class counting equally. ``expected``: misses, false alarms
    and questions. What cannot be told is None (``judged`` too, where ``source`` is ``none``), and ``notes`` say why.
    """

    source: Source
    method: str
    encoder_name: str
    encoder_sha256: str
    test_set: SetAside
    notes: tuple[Note, ...]
    classes: tuple[ClassRecord, ...] = ()
    trained: int = 0
    support: tuple[int, ...] = ()
    policy: Policy | None = None
    judged: Judged | None = None
    right: Rate | None = None
    most_probable: Rate | None = None
    balanced_accuracy: float | None = None
    confusion: Confusion | None = None
    by_class: tuple[ClassScore, ...] = ()
    expected: Expected | None = None
    precision_recall: PrecisionRecall | None = None
    cost: CostCurve | None = None
    reliability: Reliability | None = None
    learning: LearningCurve | None = None

    @property
    def good(self) -> tuple[bool, ...]:
        """Which of the K classes are good parts."""
        return tuple(record.is_good for record in self.classes)

    def to_dict(self) -> dict[str, Any]:
        """All figures as JSON has them, without the single images and the long curves."""
        expected, cost, curve, learning = self.expected, self.cost, self.precision_recall, self.learning
        return {
            "source": self.source,
            "judged": 0 if self.judged is None else len(self.judged),
            "method": self.method,
            "encoder": self.encoder_name,
            "encoder_sha256": self.encoder_sha256,
            "right": rate_to_dict(self.right),
            "most_probable": rate_to_dict(self.most_probable),
            "balanced_accuracy": self.balanced_accuracy,
            "classes": [
                {
                    "name": record.name,
                    "good": record.is_good,
                    "support": count,
                    "judged": score.tagged,
                    "recall": rate_to_dict(score.recall),
                    "precision": rate_to_dict(score.precision),
                    "average_precision": score.average_precision,
                }
                for record, count, score in zip(self.classes, self.support, self.by_class, strict=True)
            ],
            "confusion": None if self.confusion is None else self.confusion.counts.tolist(),
            "missed": None if expected is None else rate_to_dict(expected.missed),
            "false_alarms": None if expected is None else rate_to_dict(expected.false_alarms),
            "asked_defects": None if expected is None else rate_to_dict(expected.asked_defects),
            "asked_good": None if expected is None else rate_to_dict(expected.asked_good),
            "policy": None if self.policy is None else policy_to_json(self.policy),
            "average_precision": None if curve is None else curve.average_precision,
            "cost": None
            if cost is None
            else {
                "threshold": float(cost.threshold[cost.chosen]),
                "per_thousand": float(cost.cost[cost.chosen]),
                "cheapest_threshold": float(cost.threshold[cost.cheapest]),
                "cheapest_per_thousand": float(cost.cost[cost.cheapest]),
                "ask_all": cost.ask_all,
                "pass_all": cost.pass_all,
            },
            "calibration_error": None if self.reliability is None else self.reliability.calibration_error,
            "learning": None
            if learning is None
            else {
                "points": [asdict(point) for point in learning.points],
                "gains": [
                    {"class": self.classes[one.class_index].name}
                    | {name: value for name, value in asdict(one).items() if name != "class_index"}
                    for one in learning.gains
                ],
                "best": None if learning.best is None else self.classes[learning.best].name,
                "rivals": [self.classes[index].name for index in learning.rivals],
            },
            "test_set": set_aside_to_dict(self.test_set),
            "notes": notes_to_list(self.notes),
        }


@dataclass(frozen=True)
class Comparison:
    """Two methods, or two encoders, by name on the same images ``keys`` (N): whether the most probable class is right
    by the ``first`` and by the ``second``, (N,) each. ``paired`` is None where nothing can be judged.
    """

    kind: Literal["method", "encoder"]
    first: str
    second: str
    source: Source
    notes: tuple[Note, ...]
    keys: tuple[str, ...] = ()
    first_right: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    second_right: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    paired: Paired | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, without the single images."""
        return {
            "kind": self.kind,
            "first": self.first,
            "second": self.second,
            "source": self.source,
            "judged": len(self.keys),
            "paired": None if self.paired is None else asdict(self.paired) | {"better": self.paired.better},
            "notes": notes_to_list(self.notes),
        }


def rate_to_dict(rate: Rate | None) -> dict[str, float] | None:
    return None if rate is None or not rate.total else asdict(rate) | {"share": rate.share}


def notes_to_list(notes: tuple[Note, ...]) -> list[dict[str, Any]]:
    """Kind, severity and the English sentence of each."""
    return [{"kind": note.kind, "severity": note.severity, "text": sentence(note)} for note in notes]


def set_aside_to_dict(found: SetAside) -> dict[str, Any]:
    return {
        "locked": len(found.locked),
        "unlocked": found.unlocked_images,
        "events": [
            {"at": one.at.isoformat(), "by": one.by, "locked": one.locked, "images": one.images, "how": one.how}
            for one in found.events
        ],
    }
