"""Judge a folder with a model file and write ``results.csv``. Imports neither torch nor Qt."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from micm_desktop.export.journal import Journal, Resumed
from micm_desktop.export.pipeline import Judged, judged_in_order
from micm_desktop.export.runtime import Model
from micm_desktop.export.table import BYTE_ORDER_MARK, columns, error_fields, line, verdict_fields
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.images.names import beside
from micm_desktop.images.scan import relative_name
from micm_desktop.progress import JobControl, ProcessingError, Progress, UserError


@dataclass
class PredictResult:
    """Filled while :func:`predict_folder` runs. ``images`` are those with a line in the table, ``resumed`` of them
    judged by an interrupted run before."""

    images: int = 0
    resumed: int = 0
    failed: list[UnreadableImage] = field(default_factory=list)


def predict_folder(
    model: Model,
    root: Path,
    paths: Sequence[Path],
    out: Path,
    heatmaps: Path | None,
    result: PredictResult,
    control: JobControl,
    identity: Mapping[str, Any] | None = None,
) -> Iterator[Progress | Resumed]:
    """Judge ``paths`` (below ``root``), several at once, and write their lines in the order of ``paths``.

    The table appears under its name once it is whole. Until then the lines are kept in ``<out>.part``; another call
    with the same ``identity`` (what tells one model from another), folders and unchanged images goes on from there, and
    the table is the same, byte for byte, as that of a run without interruption. Unreadable images get a line with
    status ``error``, and are tried again by a run that goes on.

    Raises UserError where ``out`` is a folder or in use, ProcessingError where ``root`` vanishes on the way, OSError
    where ``out`` or ``heatmaps`` cannot be written, Cancelled on cancel.
    """
    check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    header = columns(model.info.classes)
    settings = {
        "model": dict(identity or {}),
        "folder": str(root.resolve()),
        "heatmaps": None if heatmaps is None else str(heatmaps.resolve()),
        "columns": header,
    }
    journal = Journal(part_of(out), root, paths, settings)
    done = False
    try:
        if journal.resumed is not None:
            result.resumed = result.images = journal.resumed.images
            yield journal.resumed
        waiting = ((index, path) for index, path in enumerate(paths) if not journal.holds(index))
        heatmap_of = None if heatmaps is None else lambda path: beside(heatmaps / relative_name(path, root), ".png")
        for judged in judged_in_order(model, waiting, heatmap_of):
            control.safe_point()
            path = paths[judged.index]
            name = relative_name(path, root)
            if judged.verdict is None and folder_gone(root):
                raise ProcessingError(f"The folder {root} is no longer there. Connect the drive that holds it.")
            journal.add(judged.index, _row(name, judged, model), judged.stamp if judged.verdict else None)
            if judged.verdict is None:
                result.failed.append(UnreadableImage(path, judged.reason))
            result.images += 1
            yield Progress(result.images, len(paths), name)
        journal.write_table(out, BYTE_ORDER_MARK + line(header))
        done = True
    finally:
        journal.close(remove=done)


def part_of(out: Path) -> Path:
    """Where the lines of a run are kept until its table is whole."""
    return out.with_name(out.name + ".part")


def folder_gone(root: Path) -> bool:
    """Whether a folder that held images is away, or empty as the place of a drive that is not connected."""
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is None
    except OSError:
        return True


def check_replaceable(out: Path) -> None:
    """Raises UserError where a file at ``out`` cannot be replaced, before hours of judging rather than after."""
    if out.is_dir():
        raise UserError(f"{out} is a folder. Name a file, such as {out / 'results.csv'}.")
    if out.exists():
        try:
            out.open("ab").close()
        except OSError as problem:
            raise UserError(
                f"{out} cannot be written ({problem.strerror})."
                " Close it where it is open, as in Excel, or name another file."
            ) from problem


def _row(name: str, judged: Judged, model: Model) -> bytes:
    if judged.verdict is None:
        return line(error_fields(name, judged.reason, model.info.classes))
    return line(verdict_fields(name, judged.verdict))
