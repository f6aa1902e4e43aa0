"""Judges the open project in the background, compares what may judge it, and sets images aside for the test."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui import engine
from micm_desktop.gui.jobs import Latest
from micm_desktop.gui.models.outcomes import Judged, judge
from micm_desktop.gui.one_job import OneJob
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling
    from micm_desktop.labeling.evaluation_values import Comparison, Evaluation
    from micm_desktop.project.set_aside import SetAside

Doing = Literal["evaluating", "comparing", "setting_aside", "unlocking"]
CHEAP = 10.0
"""Seconds that an evaluation may have taken to be renewed unasked."""


class ShowsLocked(Protocol):
    """Shows of images whether they belong to the test set."""

    def set_locked(self, locked: frozenset[str]) -> None:
        """Content hashes of the test set."""


@dataclass(frozen=True)
class Evaluated:
    """An evaluation of the session as of ``revision``, which took ``seconds``. ``images`` (n): what was judged, as far
    as it is still there; ``rows`` (n,): its places among the evaluation's N judged images. ``judged`` are the verdicts
    of ``images`` and ``tags`` (n,) their class ids; None and empty where nothing was judged.
    """

    evaluation: "Evaluation"
    revision: int
    seconds: float
    images: tuple[ImageRecord, ...]
    rows: NDArray[np.int64]
    tags: NDArray[np.int64]
    judged: Judged | None


@dataclass(frozen=True)
class Compared:
    """A comparison of the session as of ``revision``; ``images`` (n), ``rows`` and ``tags`` (n,) as of
    :class:`Evaluated`.
    """

    comparison: "Comparison"
    revision: int
    images: tuple[ImageRecord, ...]
    rows: NDArray[np.int64]
    tags: NDArray[np.int64]


@dataclass(frozen=True)
class SetAsideState:
    """The test set, and the encoders there are to compare: number (None for the shipped one) and name."""

    test_set: "SetAside"
    encoders: tuple[tuple[int | None, str], ...]


class EvaluationWork(OneJob):
    """:attr:`doing` and :attr:`began` are one of :data:`Doing`."""

    changed = Signal()
    """:attr:`evaluated`, :attr:`compared`, :attr:`state` or whether they are outdated is another one."""
    set_aside = Signal(object)
    """A :class:`Locked`: images were set aside."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._stopped = False
        self._marked: list[ShowsLocked] = []
        self.evaluated: Evaluated | None = None
        self.compared: Compared | None = None
        self.state: SetAsideState | None = None
        self._read = Latest(self)
        self._read.ready.connect(self._on_state)
        session.opened.connect(self.read_state)
        session.closing.connect(self._read.stop)
        session.closed.connect(self._forget)
        session.predictions_changed.connect(self.changed)

    @property
    def outdated(self) -> bool:
        """Whether tags, classes, costs or images have changed since the evaluation."""
        return self.changes > 0

    @property
    def changes(self) -> int:
        """How often these have changed since."""
        return 0 if self.evaluated is None else self._session.revision - self.evaluated.revision

    @property
    def comparison_outdated(self) -> bool:
        return self.compared is not None and self.compared.revision != self._session.revision

    @property
    def cheap(self) -> bool:
        """Whether an evaluation may begin unasked: the last one was quick, and none was cancelled."""
        return not self._stopped and (self.evaluated is None or self.evaluated.seconds < CHEAP)

    def mark(self, *shown: ShowsLocked) -> None:
        """Let these show which images are locked, from now on."""
        self._marked += shown

    # --- jobs

    @Slot()
    def evaluate(self) -> None:
        """Judge all that can be judged, anew."""
        revision = self._session.revision

        def work(labeling: "Labeling", control: JobControl) -> Iterator[object]:
            from micm_desktop.labeling.evaluating import evaluate
            from micm_desktop.labeling.evaluation_values import Evaluation

            began = time.monotonic()
            for event in evaluate(labeling, control):
                if isinstance(event, Evaluation):
                    yield shown(event, labeling.images, revision, time.monotonic() - began)
                else:
                    yield event

        self._stopped = False
        self._start("evaluating", work)

    def compare_methods(self, first: str, second: str) -> None:
        """Judge the same images by two methods."""

        def events(labeling: "Labeling", control: JobControl) -> "Iterator[Progress | Comparison]":
            from micm_desktop.labeling.evaluating import compare_methods

            return compare_methods(labeling, first, second, control)

        self._compare(events)

    def compare_encoders(self, first: int | None, second: int | None) -> None:
        """Judge the same images by two encoders, given by their numbers; None is the shipped one."""

        def events(labeling: "Labeling", control: JobControl) -> "Iterator[Progress | Comparison]":
            from micm_desktop.labeling.evaluating import compare_encoders

            return compare_encoders(labeling, first, second, control)

        self._compare(events)

    def _compare(self, events: "Callable[[Labeling, JobControl], Iterator[Progress | Comparison]]") -> None:
        revision = self._session.revision

        def work(labeling: "Labeling", control: JobControl) -> Iterator[object]:
            from micm_desktop.labeling.evaluation_values import Comparison

            for event in events(labeling, control):
                if isinstance(event, Comparison):
                    images, rows = found(labeling.images, event.keys)
                    of_content = labeling.project.tags()
                    tags = np.array([of_content.get(image.sha256, 0) for image in images], np.int64)
                    yield Compared(event, revision, images, rows, tags)
                else:
                    yield event

        self._start("comparing", work)

    def lock_share(self, share: float) -> None:
        """Set a random share of all images aside; answers with :attr:`set_aside`."""

        def work(labeling: "Labeling", control: JobControl) -> Iterator[object]:
            from micm_desktop.labeling.setting_aside import lock_share

            yield from lock_share(labeling, share, control)
            yield read_state(labeling)

        self._start("setting_aside", work)

    def unlock(self) -> None:
        """Give the test set up."""

        def work(labeling: "Labeling", control: JobControl) -> Iterator[object]:
            labeling.project.unlock()
            yield read_state(labeling)

        self._start("unlocking", work)

    @Slot()
    def cancel(self) -> None:
        self._stopped = self._stopped or self.doing == "evaluating"
        super().cancel()

    def _start(self, doing: Doing, work: "Callable[[Labeling, JobControl], Iterator[object]]") -> None:
        labeling = self._session.labeling
        if labeling is None:
            return

        def run(control: JobControl) -> Iterator[object]:
            engine.load_evaluation()
            yield from work(labeling, control)

        self._run(doing, run, needs_engine=True)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        match event:
            case Progress():
                self.progress.emit(event)
            case Evaluated():
                self.evaluated = event
                self.changed.emit()
            case Compared():
                self.compared = event
                self.changed.emit()
            case SetAsideState():
                self._show_state(event)
                # What is learned from, and what it is centred on, are other images now.
                self._session.update_predictions()
            case _:
                self.set_aside.emit(event)

    # --- the test set

    @Slot()
    def read_state(self) -> None:
        """Read which images are locked, and which encoders there are; answers with :attr:`changed`."""
        labeling = self._session.labeling
        if labeling is not None:
            self._read.request(labeling, lambda: read_state(labeling))

    @Slot(object, object)
    def _on_state(self, labeling: object, state: SetAsideState) -> None:
        if labeling is self._session.labeling and state != self.state:
            self._show_state(state)

    def _show_state(self, state: SetAsideState | None) -> None:
        self.state = state
        self._session.locked = frozenset() if state is None else state.test_set.locked
        for one in self._marked:
            one.set_locked(self._session.locked)
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self.evaluated = self.compared = None
        self._stopped = False
        self._show_state(None)


def read_state(labeling: "Labeling") -> SetAsideState:
    """Reads the journal: for a worker thread."""
    project = labeling.project
    encoders = tuple((record.id, record.name) for record in project.encoders())
    return SetAsideState(project.test_set(), ((None, STARTER), *encoders))


STARTER = ""
"""Stands for the shipped encoder's name, which depends on the language."""


def found(images: Sequence[ImageRecord], keys: Sequence[str]) -> tuple[tuple[ImageRecord, ...], NDArray[np.int64]]:
    """Those of N content hashes that are among ``images``, and their places among the N."""
    by_content = {image.sha256: image for image in images}
    rows = [row for row, key in enumerate(keys) if key in by_content]
    return tuple(by_content[keys[row]] for row in rows), np.array(rows, np.int64)


def shown(evaluation: "Evaluation", images: Sequence[ImageRecord], revision: int, seconds: float) -> Evaluated:
    """An evaluation with what the lists need to show its images."""
    from micm_desktop.labeling.values import HeldOut, Predictions

    one, policy = evaluation.judged, evaluation.policy
    if one is None or policy is None:
        none = np.zeros(0, np.int64)
        return Evaluated(evaluation, revision, seconds, (), none, none, None)
    here, rows = found(images, one.keys)
    held_out = HeldOut(one.keys, one.labels, one.probabilities, one.unknown)
    predictions = Predictions(
        evaluation.classes[: evaluation.trained],
        one.predicted[rows],
        one.confidence[rows],
        one.probabilities[rows],
        one.unknown[rows],
        one.outcome[rows],
        one.risk[rows],
        policy,
        held_out,
        rows,
        np.zeros(len(rows), np.float32),
    )
    ids = np.array([record.id for record in evaluation.classes], np.int64)
    return Evaluated(evaluation, revision, seconds, here, rows, ids[one.labels[rows]], judge(predictions, None, {}))
