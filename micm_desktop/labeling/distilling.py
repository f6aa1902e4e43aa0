"""The project's tags as the model file of a student, which learns from all of the project's images."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from micm_desktop.export.rules import Rules
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.inspecting import build_model, tagged_by_class
from micm_desktop.labeling.judging import Fitted
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from pathlib import Path

    from micm_desktop.export.distill import DistillConfig
    from micm_desktop.export.fit_student import Distilled


def distill_fitted(
    project: Project,
    encoders: EncoderCache,
    fitted: Fitted,
    images: Sequence[ImageRecord],
    false_rejection: float,
    rules: Rules,
    config: "DistillConfig",
    out: "Path",
    control: JobControl,
) -> "Iterator[Progress | Distilled]":
    """Teach a student with the free ones among ``images``, write its model file and compare it with the teacher, also
    on the tagged images of the test set. The last value is the result.

    Raises UserError, OSError, Cancelled.
    """
    from micm_desktop.export.fit_student import Teacher, distill_model

    locked, tags = project.locked(), project.tags()
    free = [image for image in images if image.sha256 not in locked]
    by_hash = {image.sha256: image.path for image in free}
    names = {record.id: record.name for record in fitted.classes}
    tests = [
        (image.path, names[tags[image.sha256]])
        for image in images
        if image.sha256 in locked and tags.get(image.sha256) in names
    ]
    teacher = Teacher(
        build_model(project, encoders, fitted, free),
        encoders.encoder(fitted.embeddings.encoder),
        tuple(record.name for record in fitted.classes),
        tuple(tuple(by_hash[key] for key in keys) for keys in tagged_by_class(project, fitted.classes, by_hash)),
        fitted.head.unknown_threshold,
        fitted.policy,
        rules,
        false_rejection,
    )
    yield from distill_model(teacher, [image.path for image in free], tests, config, out, control)
