"""The project's tags with images cut into tiles: does it pay, and the model file that does it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.target import ONE_FILE, Target
from micm_desktop.images.boxes import Box
from micm_desktop.labeling.deciding import DecisionSettings, policy_for, rules_for
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.judging import METHOD_SETTING
from micm_desktop.labeling.marking import box_of
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.fewshot.labeled_folder import LabeledFolder
    from micm_desktop.fewshot.tile_trial import TileTrial


def try_project_tiles(
    project: Project, encoders: EncoderCache, info: EncoderInfo, images: Sequence[ImageRecord], control: JobControl
) -> "Iterator[Progress | TileTrial]":
    """Judge tagged images without their tags, whole and in tiles; the last value is what came of it.

    Gives none where tiles are out of the question, as :func:`~micm_desktop.export.fit_tiles.choose_tiles` does. Raises
    UserError for fewer than two classes, and Cancelled.
    """
    from micm_desktop.export.fit_tiles import choose_tiles

    folder, classes = tagged_folder(project, images)
    good = np.array([record.is_good for record in classes], np.bool_)
    method = project.setting(METHOD_SETTING, "auto")
    marked = marked_boxes(project, images)
    yield from choose_tiles(encoders.encoder(info), folder, good, method, marked, control)


def export_project_tiles(
    project: Project,
    encoders: EncoderCache,
    info: EncoderInfo,
    images: Sequence[ImageRecord],
    settings: DecisionSettings,
    count: int,
    out: Path,
    control: JobControl,
    target: Target = ONE_FILE,
) -> Iterator[Progress | ExportResult]:
    """Write a model file that cuts images into ``count`` × ``count`` tiles, and check it.

    Costs, line and rules are the project's. Raises UserError, OSError, Cancelled.
    """
    from micm_desktop.export.fit_tiles import export_tiled
    from micm_desktop.fewshot.tiled_folder import TiledFolder, embed_tiles
    from micm_desktop.fewshot.tiles import check_tiled_method

    method = project.setting(METHOD_SETTING, "auto")
    check_tiled_method(method)
    folder, classes = tagged_folder(project, images)
    good = np.array([record.is_good for record in classes], np.bool_)
    marked = marked_boxes(project, images)
    encoder = encoders.encoder(info)
    for event in embed_tiles(encoder, folder.classes, folder.paths, folder.labels, marked, count, control):
        if isinstance(event, TiledFolder):
            embedded = event
        else:
            yield event
    control.safe_point()
    yield from export_tiled(
        embedded,
        good,
        method,
        info.sha256,
        out,
        control,
        decide_by=lambda probabilities: policy_for(settings, classes, probabilities),
        rules=rules_for(settings, classes),
        target=target,
    )


def tagged_folder(project: Project, images: Sequence[ImageRecord]) -> "tuple[LabeledFolder, tuple[ClassRecord, ...]]":
    """The tagged among ``images`` by class, without the test set, and the classes that have one. Raises UserError for
    fewer than two.
    """
    from micm_desktop.fewshot.labeled_folder import LabeledFolder

    tags = project.support_tags()
    paths = {image.sha256: image.path for image in images if image.sha256 in tags}
    used = {tags[key] for key in paths}
    classes = tuple(record for record in project.classes() if record.id in used)
    if len(classes) < 2:
        raise UserError("Nothing to cut into tiles yet: at least two classes need a tag.")
    place = {record.id: index for index, record in enumerate(classes)}
    keys = sorted(paths, key=lambda key: (place[tags[key]], key))
    names = tuple(record.name for record in classes)
    return LabeledFolder(names, tuple(paths[key] for key in keys), tuple(place[tags[key]] for key in keys)), classes


def marked_boxes(project: Project, images: Sequence[ImageRecord]) -> Mapping[Path, Sequence[Box]]:
    """The marked regions by image file, without the test set."""
    locked = project.locked()
    paths = {image.sha256: image.path for image in images if image.sha256 not in locked}
    found: dict[Path, list[Box]] = {}
    for region in project.regions():
        if region.sha256 in paths:
            found.setdefault(paths[region.sha256], []).append(box_of(region))
    return found
