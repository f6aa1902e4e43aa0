"""Tested images to look at: what was missed, called a defect wrongly, asked about, unknown, and judged right.

A heatmap is drawn where it explains the very verdict that the image got: one without its own tag.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from micm_desktop.fewshot.decision import Outcome
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.labeling import Labeling
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.report.pictures import address, heated, small

if TYPE_CHECKING:
    from micm_desktop.evaluation.judged import Judged
    from micm_desktop.labeling.values import Explanation

Kind = Literal["missed", "false_alarm", "other_class", "asked", "unknown", "right"]
MOST: Final[dict[Kind, int]] = {
    "missed": 8, "false_alarm": 8, "other_class": 4, "asked": 4, "unknown": 4, "right": 8,
}  # fmt: skip
NEAREST: Final = 3
NEAREST_EDGE: Final = 120


@dataclass(frozen=True)
class Near:
    """A tagged image beside an example: its class and its picture, a data address."""

    class_name: str
    picture: str


@dataclass(frozen=True)
class Shown:
    """One example. Pictures are data addresses. ``heat`` is empty where the verdict has no heatmap, with the reason in
    ``no_heat``; ``picture`` is empty where the file cannot be read."""

    name: str
    truth: str
    said: str
    outcome: Outcome
    confidence: float
    picture: str = ""
    heat: str = ""
    no_heat: Literal["", "unknown", "differs", "failed", "unreadable"] = ""
    nearest: tuple[Near, ...] = ()


@dataclass(frozen=True)
class Examples:
    """Examples of one kind; ``count`` of the tested images are of it."""

    kind: Kind
    count: int
    shown: tuple[Shown, ...]


def kinds_of(judged: "Judged", good: Sequence[bool]) -> list[Kind]:
    """The kind of each judged image (N); ``good``: of each class. A class of the same side counts as right only where
    it is the one that was tagged."""
    kinds: list[Kind] = []
    for truth, said, outcome in zip(judged.labels, judged.predicted, judged.outcome, strict=True):
        if outcome == Outcome.UNKNOWN:
            kinds.append("unknown")
        elif outcome == Outcome.ASK:
            kinds.append("asked")
        elif outcome == Outcome.GOOD and not good[truth]:
            kinds.append("missed")
        elif outcome == Outcome.DEFECT and good[truth]:
            kinds.append("false_alarm")
        else:
            kinds.append("right" if truth == said else "other_class")
    return kinds


def choose(judged: "Judged", good: Sequence[bool]) -> list[tuple[Kind, int, list[int]]]:
    """For each kind how many there are, and the rows to show: the worst mistakes first; of those judged right some of
    each class in turn, those of middling confidence."""
    kinds = np.array(kinds_of(judged, good))
    confidence = judged.confidence
    chosen: list[tuple[Kind, int, list[int]]] = []
    for kind, most in MOST.items():
        rows = np.flatnonzero(kinds == kind).tolist()
        surest = sorted(rows, key=lambda row: (-float(confidence[row]), judged.keys[row]))
        chosen.append((kind, len(rows), (_in_turn(surest, judged) if kind == "right" else surest)[:most]))
    return chosen


def _in_turn(rows: Sequence[int], judged: "Judged") -> list[int]:
    of_class: dict[int, list[int]] = {}
    for row in rows:
        of_class.setdefault(int(judged.labels[row]), []).append(row)
    most = MOST["right"]
    # Some from the middle of each, the surest being the dullest.
    middles = [mine[max(0, (len(mine) - most) // 2) :][:most] for _, mine in sorted(of_class.items())]
    return [mine[turn] for turn in range(most) for mine in middles if turn < len(mine)]


def show_examples(
    labeling: Labeling, judged: "Judged", classes: Sequence[ClassRecord], control: JobControl
) -> Iterator[Progress | tuple[Examples, ...]]:
    """Examples of every kind, for the classes of ``judged``. The last value holds them. Raises Cancelled."""
    images = {image.sha256: image for image in labeling.images if image.status == "ok"}
    chosen = choose(judged, [record.is_good for record in classes])
    total, done = sum(len(rows) for _, _, rows in chosen), 0
    found = []
    for kind, count, rows in chosen:
        shown = []
        for row in rows:
            control.safe_point()
            shown.append(_shown(labeling, judged, classes, images, row))
            done += 1
            yield Progress(done, total, "examples")
        found.append(Examples(kind, count, tuple(shown)))
    yield tuple(found)


def _shown(
    labeling: Labeling, judged: "Judged", classes: Sequence[ClassRecord], images: dict[str, ImageRecord], row: int
) -> Shown:
    image = images.get(judged.keys[row])
    said, outcome = classes[int(judged.predicted[row])].name, Outcome(int(judged.outcome[row]))
    plain = Shown(
        "" if image is None else image.relative_path,
        classes[int(judged.labels[row])].name,
        said,
        outcome,
        float(judged.confidence[row]),
        no_heat="unreadable",
    )
    pixels = None if image is None else try_decode(image.path)
    if image is None or pixels is None or isinstance(pixels, UnreadableImage):
        return plain
    try:
        explanation = labeling.explain(image, own_tag=False)
    except (UserError, UnreadableImage):
        return replace(plain, picture=address(small(pixels)), no_heat="failed")
    unknown = outcome == Outcome.UNKNOWN
    agrees = explanation.unknown == unknown and (unknown or explanation.class_name == said)
    return replace(
        plain,
        picture=address(small(pixels)),
        heat=address(heated(pixels, explanation.heatmap)) if agrees and not unknown else "",
        no_heat="unknown" if unknown else "" if agrees else "differs",
        nearest=_nearest(explanation, images),
    )


def _nearest(explanation: "Explanation", images: dict[str, ImageRecord]) -> tuple[Near, ...]:
    found = []
    for example in explanation.examples[:NEAREST]:
        pixels = try_decode(images[example.sha256].path) if example.sha256 in images else None
        if isinstance(pixels, np.ndarray):
            found.append(Near(example.class_name, address(small(pixels, NEAREST_EDGE))))
    return tuple(found)
