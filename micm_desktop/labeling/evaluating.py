"""How good a project's verdicts are: by its locked test set, or by each tagged image without its own tag.

Only tagged images are judged, however many there are. What cannot be told is None, and a note says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from micm_desktop.evaluation.confusion import balanced_accuracy, class_scores, count_confusion
from micm_desktop.evaluation.curves import cost_curve, precision_recall
from micm_desktop.evaluation.judged import Judged, judge
from micm_desktop.evaluation.learning_curve import LearningCurve, learning_curve
from micm_desktop.evaluation.notes import Note
from micm_desktop.evaluation.paired import paired_test
from micm_desktop.evaluation.refit import CLOSED_FORM, Refitted, refit_held_out
from micm_desktop.evaluation.reliability import reliability
from micm_desktop.fewshot.expected import clopper_pearson, expected_of
from micm_desktop.labeling import evaluation_notes as notes
from micm_desktop.labeling.embedded import Embeddings, read_embeddings
from micm_desktop.labeling.evaluation_values import Comparison, Evaluation, Source
from micm_desktop.labeling.judging import METHOD_SETTING, Fitted, fit_tags
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ClassRecord

if TYPE_CHECKING:
    from micm_desktop.labeling.workspace import Labeling

METHODS_TO_COMPARE = ("auto", "prototype", "ridge", "opta", "opta-shares", "soft-kmeans", "logistic")
"""Those that work on the cached features alone."""
STARTER = "starter"
By = Literal["auto", "locked", "leave-one-out"]


@dataclass(frozen=True)
class _Judging:
    """``judged`` images of K ``classes``, the first of which ``fitted`` has learned."""

    fitted: Fitted
    classes: tuple[ClassRecord, ...]
    judged: Judged
    by_test_set: bool

    @property
    def source(self) -> Source:
        return "locked" if self.by_test_set else "leave-one-out"


def evaluate(
    labeling: "Labeling",
    control: JobControl,
    *,
    by: By = "auto",
    learning: bool = True,
) -> Iterator[Progress | Evaluation]:
    """Judge the tagged images of the test set, or where none is tagged all other tagged images without their own tag;
    ``by`` asks for either. The last value is the evaluation; ``learning``: with a learning curve, which takes longest.

    For a worker thread. Raises UserError where features are damaged or the project cannot be read, and Cancelled.
    """
    # As the model file is written: from views, too. Without them other parts would be asked about than on the line.
    yield from labeling.compute_views(control)
    project, embeddings, decision = labeling.project, labeling.current_embeddings(), labeling.decision
    info, record = labeling.encoder_info(), project.active_encoder()
    method, found = project.setting(METHOD_SETTING, "auto"), project.test_set()
    empty = Evaluation("none", method, STARTER if record is None else record.name, info.sha256, found, ())
    fitted = fit_tags(project, embeddings, decision)
    if embeddings is None or fitted is None:
        yield replace(empty, notes=(notes.why_nothing(labeling, embeddings),))
        return
    tested = _tested(labeling, embeddings)
    by_test_set = by == "locked" or (by == "auto" and bool(tested))
    said = notes.of_tags(labeling, embeddings)
    said += notes.of_test_set(labeling, embeddings, found, len(tested), by_test_set)
    judging: _Judging | None = None
    of_test = tested if by_test_set else None
    for event in _judge(labeling, fitted, of_test, method, method not in CLOSED_FORM, control):
        if isinstance(event, _Judging):
            judging = event
        else:
            yield event
    if judging is None:
        if not by_test_set:
            said.append(Note("no_held_out"))
        elif not found.locked:
            said.append(Note("no_test_set"))
        yield replace(empty, notes=tuple(said))
        return
    judged, classes, policy = judging.judged, judging.classes, fitted.policy
    good = np.array([one.is_good for one in classes])[judged.labels]
    costs = np.array([decision.cost(one) for one in classes], np.float32)[judged.labels]
    expected = expected_of(judged.outcome, good, policy.defect_share) if policy.two_sided else None
    curve: LearningCurve | None = None
    if learning:
        for step in _learning(judging, method, control):
            if isinstance(step, LearningCurve):
                curve = step
            else:
                yield step
    said += notes.of_judged(judged, classes, fitted, by_test_set)
    said += notes.of_outcomes(expected, policy.two_sided, decision.rules)
    said += notes.of_learning(curve, classes) if learning else []
    support = np.bincount(fitted.labels, minlength=len(classes))
    yield replace(
        empty,
        source=judging.source,
        notes=tuple(said),
        classes=classes,
        trained=len(fitted.classes),
        support=tuple(support.tolist()),
        policy=policy,
        judged=judged,
        right=clopper_pearson(int(judged.right.sum()), len(judged)),
        most_probable=clopper_pearson(int((judged.most_probable == judged.labels).sum()), len(judged)),
        balanced_accuracy=balanced_accuracy(judged.labels, judged.most_probable),
        confusion=count_confusion(judged, len(classes)),
        by_class=class_scores(judged, len(classes)),
        expected=expected,
        precision_recall=precision_recall(judged.risk, ~good, policy.defect_share) if policy.two_sided else None,
        cost=cost_curve(judged, good, costs, policy),
        reliability=reliability(judged.probabilities, judged.labels),
        learning=curve,
    )


def compare_methods(
    labeling: "Labeling", first: str, second: str, control: JobControl
) -> Iterator[Progress | Comparison]:
    """Two of ``METHODS_TO_COMPARE`` on the same images, as :func:`evaluate` judges them; the last value says. Without a
    test set both are fitted again and again without the images they judge.

    Raises UserError for another method, where features are damaged, and Cancelled.
    """
    for method in (first, second):
        if method not in METHODS_TO_COMPARE:
            raise UserError(f"Methods that can be compared are {', '.join(METHODS_TO_COMPARE)}; not {method!r}.")
    yield from labeling.compute_views(control)
    embeddings = labeling.current_embeddings()
    if embeddings is None:
        yield Comparison("method", first, second, "none", (notes.why_nothing(labeling, None),))
        return
    empty = Comparison("method", first, second, "none", ())
    yield from _compare(labeling, empty, [(embeddings, first), (embeddings, second)], control, refit=True)


def compare_encoders(
    labeling: "Labeling", first: int | None, second: int | None, control: JobControl
) -> Iterator[Progress | Comparison]:
    """Two encoders of the project by number, None for the shipped one, on the images that both have features of, by the
    method in use; the last value says. Raises UserError where an encoder is not there or cannot be read, and Cancelled.
    """
    project = labeling.project
    records = {record.id: record for record in project.encoders()}
    if unknown := {first, second} - records.keys() - {None}:
        raise UserError(f"There is no encoder number {min(unknown, key=str)} in this project.")
    names, found = [], []
    for number in (first, second):
        record = None if number is None else records[number]
        names.append(STARTER if record is None else record.name)
        info = read_encoder_info(STARTER if record is None else record.path)
        found.append(read_embeddings(project, info, labeling.distinct_images()))
        control.safe_point()
    empty = Comparison("encoder", names[0], names[1], "none", ())
    one, other = found
    if one is None or other is None:
        lacking = ", ".join(name for name, of in zip(names, found, strict=True) if of is None)
        yield replace(empty, notes=(Note("no_features_of", {"names": lacking}),))
        return
    common = one.rows.keys() & other.rows.keys()
    tags = project.tags().keys()
    dropped = len(tags & (one.rows.keys() | other.rows.keys())) - len(tags & common)
    said = (Note("other_tags", {"count": dropped}),) if dropped else ()
    # Of either all images stay as those that some methods learn from without tags.
    both = [replace(of, rows={key: row for key, row in of.rows.items() if key in common}) for of in (one, other)]
    method = project.setting(METHOD_SETTING, "auto")
    pairs = [(of, method) for of in both]
    yield from _compare(labeling, replace(empty, notes=said), pairs, control, refit=method not in CLOSED_FORM)


def _compare(
    labeling: "Labeling",
    empty: Comparison,
    ways: Sequence[tuple[Embeddings, str]],
    control: JobControl,
    *,
    refit: bool,
) -> Iterator[Progress | Comparison]:
    judged: list[Judged] = []
    source: Source = "none"
    for embeddings, method in ways:
        fitted = fit_tags(labeling.project, embeddings, labeling.decision, method)
        if fitted is None:
            yield replace(empty, notes=(*empty.notes, Note("one_class")))
            return
        tested = _tested(labeling, embeddings)
        for event in _judge(labeling, fitted, tested or None, method, refit, control):
            if isinstance(event, _Judging):
                judged.append(event.judged)
                source = event.source
            else:
                yield event
    if len(judged) < len(ways):
        yield replace(empty, notes=(*empty.notes, Note("no_held_out")))
        return
    rights = [dict(zip(of.keys, (of.most_probable == of.labels).tolist(), strict=True)) for of in judged]
    # Somebody may tag while this runs.
    keys = tuple(key for key in judged[0].keys if key in rights[1])
    first, second = (np.array([right[key] for key in keys], np.bool_) for right in rights)
    said = [*empty.notes, *([Note("few", {"count": len(keys)})] if len(keys) < notes.FEW else [])]
    yield replace(
        empty,
        source=source,
        notes=tuple(said),
        keys=keys,
        first_right=first,
        second_right=second,
        paired=paired_test(first, second),
    )


def _tested(labeling: "Labeling", embeddings: Embeddings) -> dict[str, ClassRecord]:
    """The tagged images of the test set that can be judged, in a fixed order, with their classes."""
    classes = {record.id: record for record in labeling.project.classes()}
    tags = labeling.project.tags()
    keys = sorted(key for key in tags if key in embeddings.locked and key in embeddings.rows)
    return {key: classes[tags[key]] for key in keys if tags[key] in classes}


def _judge(
    labeling: "Labeling",
    fitted: Fitted,
    tested: Mapping[str, ClassRecord] | None,
    method: str,
    refit: bool,
    control: JobControl,
) -> Iterator[Progress | _Judging]:
    """The ``tested`` images with their classes, or where that is None the other tagged images without their own tag;
    nothing where there are none of these.
    """
    if tested is not None:
        if tested:
            yield _judge_locked(fitted, tested)
        return
    held_out = fitted.held_out
    keys, labels, probabilities, unknown = held_out.keys, held_out.labels, held_out.probabilities, held_out.unknown
    if refit and len(keys):
        embeddings = fitted.embeddings
        for event in refit_held_out(
            method,
            fitted.support,
            fitted.labels,
            len(fitted.classes),
            embeddings.learnable,
            control,
            labeling.decision.false_rejection,
            fitted.views,
        ):
            if isinstance(event, Refitted):
                keys, labels = tuple(fitted.keys[row] for row in event.rows), fitted.labels[event.rows]
                probabilities, unknown = event.probabilities, event.unknown
            else:
                yield event
    if len(keys):
        judged = judge(keys, labels, probabilities, unknown, fitted.policy)
        yield _Judging(fitted, fitted.classes, judged, by_test_set=False)


def _judge_locked(fitted: Fitted, tested: Mapping[str, ClassRecord]) -> _Judging:
    embeddings = fitted.embeddings
    learned = {record.id for record in fitted.classes}
    others = {record.id: record for record in tested.values() if record.id not in learned}
    classes = (*fitted.classes, *(others[number] for number in sorted(others)))
    place = {record.id: index for index, record in enumerate(classes)}
    values = embeddings.values[[embeddings.rows[key] for key in tested]]
    probabilities, score = fitted.head.judge(values)
    labels = np.array([place[record.id] for record in tested.values()], np.int64)
    judged = judge(tuple(tested), labels, probabilities, score > fitted.head.unknown_threshold, fitted.policy)
    return _Judging(fitted, classes, judged, by_test_set=True)


def _learning(judging: _Judging, method: str, control: JobControl) -> Iterator[Progress | LearningCurve]:
    fitted, judged = judging.fitted, judging.judged
    test = None
    if judging.by_test_set:
        known = np.flatnonzero(judged.labels < len(fitted.classes))
        embeddings = fitted.embeddings
        values = embeddings.values[[embeddings.rows[judged.keys[row]] for row in known]]
        test = values, judged.labels[known]
    classes, learnable = len(fitted.classes), fitted.embeddings.learnable
    yield from learning_curve(method, fitted.support, fitted.labels, classes, learnable, control, test, fitted.views)
