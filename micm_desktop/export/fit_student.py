"""From a fitted model to the model file of a student that answers as it does."""

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from micm_desktop.export.distill import DistillConfig, Trained, mobilenet_of, student_embeddings, train_student
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_writer import export_model, samples_of, spread
from micm_desktop.export.placing import check_place, put_in_place
from micm_desktop.export.rules import Rules
from micm_desktop.export.runtime import Model, load
from micm_desktop.export.student import StudentModel, StudentNetwork
from micm_desktop.export.student_check import Comparison, compare
from micm_desktop.export.teacher import Lessons, ask_teacher
from micm_desktop.export.work_folder import work_folder
from micm_desktop.fewshot.decision import Policy
from micm_desktop.fewshot.head import Array, Labels, class_means, unknown_score
from micm_desktop.fewshot.prototype import leave_one_out_cosines
from micm_desktop.fewshot.unknown import FALSE_REJECTION, MIN_HELD_OUT, fit_unknown_threshold
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.micm.device import resolve_device
from micm_desktop.progress import JobControl, Progress, UserError, naming
from micm_desktop.whole_file import whole_file

HELD_OUT, MOST_HELD_OUT = 0.2, 300
"""Share of the images without a tag, and how many at most, that the student does not learn from."""
FOR_THRESHOLD = 3
"""Of so many of these one sets the threshold of unknown; by the others student and teacher are compared."""
LEAST_UNTAGGED = 20
"""Images without a tag below which tagged ones are held out, too."""
LEAST = 8
"""Images to learn from, below which nothing could come of it."""
COMPARED = 20
"""Images that a model file is compared with torch on."""


@dataclass(frozen=True)
class Teacher:
    """A model that was fitted with an ``encoder``, the tagged images of each class, and how it decides."""

    model: InspectionModel
    encoder: LoadedEncoder
    classes: tuple[str, ...]
    tagged: tuple[tuple[Path, ...], ...]
    unknown_threshold: float
    policy: Policy
    rules: Rules
    false_rejection: float = FALSE_REJECTION

    @property
    def support(self) -> dict[str, int]:
        return {name: len(paths) for name, paths in zip(self.classes, self.tagged, strict=True)}


@dataclass(frozen=True)
class Distilled:
    """A student's model file beside its teacher. ``images`` it has learned from, in ``steps``; ``parameters`` of its
    network; ``seconds`` of the whole job. ``refused``: the model file where it loses too much and was not written; else
    empty. ``export`` then names the file that :func:`write_refused` would write."""

    export: ExportResult
    comparison: Comparison
    images: int
    steps: int
    parameters: int
    seconds: float
    refused: bytes = b""


def distill_model(
    teacher: Teacher,
    untagged: Sequence[Path],
    tests: Sequence[tuple[Path, str]],
    config: DistillConfig,
    out: Path,
    control: JobControl,
) -> Iterator[Progress | Distilled]:
    """Teach a student with the tagged images and those ``untagged``, compare its model file with the teacher's on
    images that it has not learned from and on ``tests``, with the names of their classes, and write ``out`` unless it
    loses more than the configured limit. The last value is the result.

    Raises UserError for too few images or a device that is not there, ProcessingError where the file does not agree
    with torch, OSError, Cancelled. Then nothing is left behind.
    """
    start = time.monotonic()
    check_place(out)
    device = resolve_device(config.device)
    learned, held_out = split_images(teacher, untagged, config.seed)
    budget = config.seconds
    on_device = copy.deepcopy(teacher.model).eval().to(device)
    size, share = config.student.image_size, None if budget is None else config.teacher_share * budget
    with work_folder() as place:
        lessons: Lessons | None = None
        for event in ask_teacher(on_device, learned, size, share, config.most_views, control):
            if isinstance(event, Lessons):
                lessons = event
            else:
                yield event if budget is None else replace(event, seconds_left=budget - (time.monotonic() - start))
        assert lessons is not None
        trained: Trained | None = None
        left = None if budget is None else max(1.0, budget - (time.monotonic() - start))
        for step in train_student(lessons, mobilenet_of(teacher.encoder), config, left, device, control):
            if isinstance(step, Trained):
                trained = step
            else:
                yield step
        assert trained is not None
        images = lessons.images
        del lessons, on_device
        teacher_file = place / "teacher.onnx"
        for written in _export(teacher, teacher.model, teacher.unknown_threshold, held_out, teacher_file, control):
            if isinstance(written, Progress):
                yield written
        judge = load(teacher_file, threads=1)
        known = _known(judge, held_out[::FOR_THRESHOLD], teacher, control)
        made: ExportResult | None = None
        for done in _write(teacher, trained.network, known, held_out, place / "student.onnx", control):
            if isinstance(done, ExportResult):
                made = done
            else:
                yield done
        assert made is not None
        others = [path for row, path in enumerate(held_out) if row % FOR_THRESHOLD]
        comparison: Comparison | None = None
        for compared in compare(judge, load(made.model_file, threads=1), others, tests, control):
            if isinstance(compared, Comparison):
                comparison = compared
            else:
                yield compared
        assert comparison is not None
        refused = made.model_file.read_bytes() if comparison.exceeds(config.limit) else b""
        if not refused:
            put_in_place([made.model_file], out)
    parameters = sum(parameter.numel() for parameter in trained.network.parameters())
    seconds = time.monotonic() - start
    yield Distilled(replace(made, model_file=out), comparison, images, trained.steps, parameters, seconds, refused)


def write_refused(made: Distilled) -> Distilled:
    """Write the model file all the same, for whoever wants it. Raises OSError."""
    with naming(made.export.model_file), whole_file(made.export.model_file) as stream:
        stream.write(made.refused)
    return replace(made, refused=b"")


def split_images(teacher: Teacher, untagged: Sequence[Path], seed: int) -> tuple[list[Path], list[Path]]:
    """What the student learns from, in a random order, and what is held out. Raises UserError for too few images."""
    tagged = [path for paths in teacher.tagged for path in paths]
    known = set(tagged)
    others = [path for path in untagged if path not in known]
    candidates = others if len(others) >= LEAST_UNTAGGED else [*others, *tagged]
    rng = np.random.default_rng(seed)
    count = min(MOST_HELD_OUT, max(1, round(HELD_OUT * len(candidates))))
    held_out = [candidates[row] for row in sorted(rng.permutation(len(candidates))[:count])]
    learned = [path for path in [*tagged, *others] if path not in set(held_out)]
    if len(learned) < LEAST:
        raise UserError(
            f"There are {len(learned)} images to learn from; {LEAST} are needed. Name a folder with more images."
        )
    return [learned[row] for row in rng.permutation(len(learned))], held_out


def _known(judge: Model, paths: Sequence[Path], teacher: Teacher, control: JobControl) -> list[Path]:
    """Those of ``paths`` that have no tag and are not unknown to the teacher. Raises Cancelled."""
    tagged, found = {path for of_class in teacher.tagged for path in of_class}, []
    for path in (one for one in paths if one not in tagged):
        control.safe_point()
        image = try_decode(path)
        if not isinstance(image, UnreadableImage) and not judge.judge(image).unknown:
            found.append(path)
    return found


def _write(
    teacher: Teacher,
    network: StudentNetwork,
    known: Sequence[Path],
    held_out: Sequence[Path],
    out: Path,
    control: JobControl,
) -> Iterator[Progress | ExportResult]:
    """What is like nothing tagged is told by the student's own embeddings of the tagged images."""
    paths = [path for of_class in teacher.tagged for path in of_class]
    labels = np.repeat(np.arange(len(teacher.tagged)), [len(of_class) for of_class in teacher.tagged])
    embeddings, rows = student_embeddings(network, paths, control)
    fresh = student_embeddings(network, known, control)[0] if known else embeddings[:0]
    prototypes, threshold = unknown_by(embeddings, labels[rows], fresh, teacher)
    model = StudentModel(network, prototypes, teacher.policy)
    yield from _export(teacher, model, threshold, held_out, out, control)


def unknown_by(embeddings: Array, labels: Labels, fresh: Array, teacher: Teacher) -> tuple[Array, float]:
    """Prototypes (C, D) of tagged images' embeddings (S, D), and the unknown score from which an image is unknown.

    ``fresh`` (K, D): of images that the student has not learned from, and that the teacher knows. Learned from, images
    lie nearer to their prototypes than new ones will. With too few of them the tagged images stand in, each judged
    without itself: then more is called unknown that is not, rather than less.
    """
    classes = len(teacher.classes)
    prototypes = class_means(embeddings, labels, classes)
    if teacher.unknown_threshold >= 1:
        return prototypes, 1.0
    cosines: Array = fresh @ prototypes.T
    if len(fresh) < MIN_HELD_OUT:
        cosines, _ = leave_one_out_cosines(embeddings, labels, classes)
    seen = unknown_score(embeddings, prototypes)
    return prototypes, fit_unknown_threshold(cosines, seen, teacher.false_rejection)


def _export(
    teacher: Teacher,
    model: InspectionModel | StudentModel,
    threshold: float,
    held_out: Sequence[Path],
    out: Path,
    control: JobControl,
) -> Iterator[Progress | ExportResult]:
    yield from export_model(
        model,
        teacher.classes,
        teacher.support,
        unknown_threshold=threshold,
        policy=teacher.policy,
        rules=teacher.rules,
        encoder_hash=teacher.encoder.sha256,
        sample_paths=samples_of(teacher.tagged),
        parity_paths=spread(held_out)[:COMPARED],
        out=out,
        control=control,
    )
