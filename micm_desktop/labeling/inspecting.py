"""The tags as a whole model: what explains images in the window (explaining.py), and what is exported."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.rules import Rules
from micm_desktop.export.target import ONE_FILE, Tagged, Target
from micm_desktop.images.boxes import Box
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.judging import METHOD_SETTING, Fitted
from micm_desktop.labeling.marking import box_of
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

Marks = tuple[list[Box], tuple[int, int]]
"""Boxes in pixels of an image, and its width and height."""

if TYPE_CHECKING:
    from micm_desktop.explain.evidence import PatchBank
    from micm_desktop.export.inspection_model import InspectionModel


def export_fitted(
    project: Project,
    encoders: EncoderCache,
    fitted: Fitted,
    images: Sequence[ImageRecord],
    rules: Rules,
    out: Path,
    control: JobControl,
    target: Target = ONE_FILE,
) -> Iterator[Progress | ExportResult]:
    """Write the model file and check it on ``images``. Raises UserError, OSError, Cancelled."""
    from micm_desktop.export.onnx_writer import export_model, samples_of, spread

    by_hash = {image.sha256: image.path for image in images}
    tagged = tagged_by_class(project, fitted.classes, by_hash)
    yield from export_model(
        build_model(project, encoders, fitted, images),
        [record.name for record in fitted.classes],
        {record.name: len(keys) for record, keys in zip(fitted.classes, tagged, strict=True)},
        unknown_threshold=fitted.head.unknown_threshold,
        policy=fitted.policy,
        rules=rules,
        encoder_hash=fitted.embeddings.encoder.sha256,
        sample_paths=samples_of([by_hash[key] for key in keys] for keys in tagged),
        parity_paths=spread(list(by_hash.values())),
        out=out,
        control=control,
        target=target,
        tagged=_tagged(project, fitted.classes, by_hash),
    )


def _tagged(project: Project, classes: Sequence[ClassRecord], by_hash: Mapping[str, Path]) -> Tagged:
    """The tagged images with their class; the model has learned from each."""
    found = [
        (by_hash[key], index) for index, keys in enumerate(tagged_by_class(project, classes, by_hash)) for key in keys
    ]
    method = project.setting(METHOD_SETTING, "auto")
    return Tagged(tuple(path for path, _ in found), tuple(index for _, index in found), (True,) * len(found), method)


def build_model(
    project: Project, encoders: EncoderCache, fitted: Fitted, images: Sequence[ImageRecord]
) -> "InspectionModel":
    """Networks, head and the patches of the tagged among ``images``. Raises UserError where none can be read."""
    from micm_desktop.export.inspection_model import InspectionModel

    by_hash = tagged_paths(project, images)
    tagged = tagged_by_class(project, fitted.classes, by_hash)
    marks = marked_images(project, images)
    bank = patch_bank(encoders, fitted.embeddings.encoder, tagged, by_hash, marks)
    extractor = encoders.extractor(fitted.embeddings.encoder)
    return InspectionModel(extractor, fitted.embeddings.transform, fitted.head, bank, fitted.policy)


def patch_bank(
    encoders: EncoderCache,
    encoder: EncoderInfo,
    tagged: Sequence[Sequence[str]],
    paths: Mapping[str, Path],
    marks: Mapping[str, Marks],
) -> "PatchBank":
    """The patches of some tagged images of each class, by their marked regions where they have some. Raises UserError
    where none of a class can be read."""
    from micm_desktop.explain.evidence import build_patch_bank, chosen_for_bank, marks_on

    extractor = encoders.extractor(encoder)
    read = [
        [(key, encoders.support_map(encoder, extractor, key, paths[key])) for key in chosen_for_bank(keys)]
        for keys in tagged
    ]
    found = [[(key, one) for key, one in of_class if one is not None] for of_class in read]
    return build_patch_bank(
        [[one for _, one in of_class] for of_class in found],
        [[marks_on(one, *marks[key]) if key in marks else None for key, one in of_class] for of_class in found],
    )


def marked_images(project: Project, images: Sequence[ImageRecord]) -> dict[str, Marks]:
    """The marked regions by content hash, of images all of whose regions are of the class of their tag."""
    tags, regions = project.tags(), project.regions()
    wanted = {region.sha256 for region in regions}
    sizes = {image.sha256: (image.width, image.height) for image in images if image.sha256 in wanted}
    found: dict[str, Marks] = {}
    foreign = set()
    for region in regions:
        if region.class_id not in (None, tags.get(region.sha256)):
            foreign.add(region.sha256)
        if region.sha256 in sizes:
            found.setdefault(region.sha256, ([], sizes[region.sha256]))[0].append(box_of(region))
    return {key: marks for key, marks in found.items() if key not in foreign}


def tagged_paths(project: Project, images: Sequence[ImageRecord]) -> dict[str, Path]:
    """By content hash, where those of ``images`` are that have a tag: the paths of a million would be 300 MB."""
    tags = project.support_tags()
    return {image.sha256: image.path for image in images if image.sha256 in tags}


def tagged_by_class(project: Project, classes: Sequence[ClassRecord], by_hash: Mapping[str, Path]) -> list[list[str]]:
    """Content hashes of the tagged images of each class, without the test set, in a fixed order."""
    tags = project.support_tags()
    return [
        sorted(key for key, class_id in tags.items() if class_id == record.id and key in by_hash) for record in classes
    ]
