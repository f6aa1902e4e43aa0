"""The command that makes a small model file for PCs that are too slow for the encoder."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micm_desktop.cli.exporting import export_values
from micm_desktop.cli.learning import Encoder, Good, Method, Seed, name_copies
from micm_desktop.cli.leaving_out import TestSetOf, folder_without_locked, locked_images, without_locked
from micm_desktop.cli.output import (
    FAILED,
    Json,
    check_duration,
    check_out,
    command,
    finish,
    needs_desktop,
    stderr,
    tracked,
)
from micm_desktop.cli.projects import opened
from micm_desktop.export.target import STUDENT_LIMIT
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import JobControl, ProcessingError, Progress, UserError
from micm_desktop.project.folders import is_project

if TYPE_CHECKING:
    from micm_desktop.export.distill import DistillConfig
    from micm_desktop.export.fit import FittedFolder
    from micm_desktop.export.fit_student import Distilled
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder


@command
def distill(
    source: Annotated[Path, typer.Argument(help="Folder with one sub-folder of images per class, or a project.")],
    out: Annotated[Path, typer.Option(help="Model file to write (.onnx).")],
    images: Annotated[
        Path | None, typer.Option(help="Folder of images without tags to learn from, besides those of SOURCE.")
    ] = None,
    encoder: Encoder = "starter",
    shots: Annotated[
        int | None, typer.Option(help="Support images per class; the student is then tested on the others.")
    ] = None,
    method: Method = "auto",
    good: Good = None,
    minutes: Annotated[float | None, typer.Option(help="Time to learn, in minutes; 10 without it.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over all views of the images, instead of a time.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    seed: Seed = 0,
    test_set: TestSetOf = None,
    limit: Annotated[
        float, typer.Option(min=0, max=100, help="Points of accuracy, and % of the defects, that the student may lose.")
    ] = 100 * STUDENT_LIMIT,
    json: Json = False,
) -> int:
    """Build a small, fast model file that answers as the encoder's would: for slow PCs."""
    needs_desktop()
    check_duration(minutes, epochs)
    if shots is not None and shots < 1:
        raise UserError("--shots must be at least 1.")
    check_out(out, ".onnx")
    from micm_desktop.export.distill import DistillConfig

    config = DistillConfig(minutes=minutes, epochs=epochs, device=device, seed=seed, limit=limit / 100)
    events: Iterator[Progress | EmbeddedFolder | FittedFolder | Distilled]
    if is_project(source):
        events = _of_project(source, config, out)
    else:
        events = _of_folder(source, images, test_set, encoder, shots, method, tuple(good or ()), config, out)
    return _told(events, limit, json)


def _told(events: "Iterator[Progress | EmbeddedFolder | FittedFolder | Distilled]", limit: float, json: bool) -> int:
    from micm_desktop.export.fit_student import Distilled
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder

    failed: tuple[UnreadableImage, ...] = ()
    for event in tracked(events, "distilling"):
        if isinstance(event, EmbeddedFolder):
            failed = event.failed
        elif isinstance(event, Distilled):
            for sentence in event.comparison.sentences():
                stderr.print(sentence, markup=False)
            if event.refused:
                raise ProcessingError(
                    f"The student loses more than {limit:g} points of accuracy or {limit:g} % of the defects, or mostly"
                    " decides otherwise than its teacher. No file was written. Let it learn longer or from more images,"
                    " or raise the limit with --limit."
                )
            return finish(export_values(event.export) | _values(event), json, failed)
    return FAILED


def _values(made: "Distilled") -> dict[str, object]:
    found = made.comparison
    values: dict[str, object] = {
        "teacher_agreement": round(found.agreement, 4),
        "speedup": round(found.speedup, 2),
        "seconds": round(made.seconds, 1),
        "milliseconds": round(1000 * found.seconds, 2),
        "teacher_milliseconds": round(1000 * found.teacher_seconds, 2),
        "parameters": made.parameters,
        "images": made.images,
        "steps": made.steps,
        "held_out": found.images,
        "newly_missed": {
            "defects": found.defects,
            "missed": found.missed,
            "asked": found.asked,
            "unasked": found.unasked,
        },
    }
    if found.student.images:
        values["tagged"] = {
            "images": found.student.images,
            "accuracy": round(found.student.accuracy, 4),
            "teacher_accuracy": round(found.teacher.accuracy, 4),
            "defects": found.student.defects,
            "missed": found.student.missed,
            "teacher_missed": found.teacher.missed,
        }
    return values


def _of_project(project: Path, config: "DistillConfig", out: Path) -> "Iterator[Progress | Distilled]":
    with opened(project) as labeling:
        labeling.load_features()
        yield from labeling.distill(config, out, JobControl())


def _of_folder(
    labeled: Path,
    images: Path | None,
    test_set: Path | None,
    encoder: str,
    shots: int | None,
    method: str,
    good: tuple[str, ...],
    config: "DistillConfig",
    out: Path,
) -> "Iterator[Progress | EmbeddedFolder | FittedFolder | Distilled]":
    from micm_desktop.export.fit import FittedFolder, fit_model
    from micm_desktop.export.fit_student import Teacher, distill_model
    from micm_desktop.export.rules import Rules
    from micm_desktop.fewshot.classify import check_method
    from micm_desktop.fewshot.labeled_folder import read_labeled_folder
    from micm_desktop.fewshot.tiles import good_classes
    from micm_desktop.images.scan import find_images
    from micm_desktop.micm.checkpoint import load_encoder

    check_method(method)
    if method == "local":
        raise UserError("A student has no local patches to judge by. Choose another method than local.")
    locked = locked_images(labeled, test_set)
    folder = folder_without_locked(read_labeled_folder(labeled), locked)
    name_copies(folder.copies)
    loaded, control = load_encoder(encoder), JobControl()
    kinds = tuple(good_classes(folder.classes, good).tolist())
    fitted: FittedFolder | None = None
    for event in fit_model(loaded, folder, method, shots, config.seed, control, good=kinds):
        yield event
        if isinstance(event, FittedFolder):
            fitted = event
    assert fitted is not None
    tagged = tuple(tuple(paths) for paths in fitted.tagged)
    learned, found = {path for paths in tagged for path in paths}, fitted.embedded
    known = zip(found.paths, found.labels.tolist(), strict=True)
    tests = [(path, folder.classes[label]) for path, label in known if path not in learned]
    teacher = Teacher(fitted.model, loaded, folder.classes, tagged, fitted.unknown_threshold, fitted.policy, Rules())
    untagged = [] if images is None else without_locked(find_images(images), locked)
    yield from distill_model(teacher, unlike(untagged, folder.paths), tests, config, out, control)


def unlike(paths: list[Path], known: tuple[Path, ...]) -> list[Path]:
    """Those of ``paths`` whose content is none of ``known`` ones', each content once."""
    from micm_desktop.fewshot.labeled_folder import find_copies

    copies = find_copies([*known, *paths])
    taken = {path.resolve() for path in known}
    return [path for path in paths if path not in copies and path.resolve() not in taken]
