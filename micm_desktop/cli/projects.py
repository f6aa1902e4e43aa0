"""Commands on a project that the window made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micm_desktop.cli.exporting import FormatName, FormatOf, Int8, Int8Limit, export_values, target_of
from micm_desktop.cli.leaving_out import name_left_out
from micm_desktop.cli.output import FAILED, Json, command, finish, needs_desktop, tracked
from micm_desktop.cli.tiling import tiles_asked, trial_values
from micm_desktop.export.model_file import ExportResult
from micm_desktop.progress import JobControl, UserError

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling

ProjectFolder = Annotated[Path, typer.Argument(help="Project folder.")]


@command
def gui(project: Annotated[Path | None, typer.Argument(help="Project folder to open.")] = None) -> int:
    """Open the window."""
    needs_desktop(window=True)
    from micm_desktop.gui.app import run

    return run(project)


@command
def export(
    project: ProjectFolder,
    out: Annotated[Path, typer.Option(help="Model file to write (.onnx or .xml).")],
    tiles: Annotated[
        str, typer.Option(help="1 to 4 tiles along each edge; auto: large images are cut where the tags call for it.")
    ] = "1",
    format: FormatOf = FormatName.onnx,
    int8: Int8 = False,
    int8_limit: Int8Limit = 1.0,
    json: Json = False,
) -> int:
    """Export what was labeled in the window as a model file."""
    needs_desktop()
    target = target_of(format, int8, int8_limit, out)
    with opened(project) as labeling:
        labeling.load_features()
        name_left_out(len(labeling.project.locked()))
        count, trial = tiles_asked(tiles, lambda: labeling.try_tiles(JobControl()))
        for event in tracked(labeling.export(out, JobControl(), tiles=count, target=target), "exporting"):
            if isinstance(event, ExportResult):
                return finish(export_values(event) | {"tiles": count} | trial_values(trial), json)
    return FAILED


@contextmanager
def opened(project: Path, *, to_write: bool = False) -> "Iterator[Labeling]":
    """An existing project, to look at, whoever works on it, or ``to_write``. Raises UserError where there is none, or
    where it is to be written and somebody else has it open, or at the end, where a network drive does not take it back.
    """
    from micm_desktop.labeling import Labeling
    from micm_desktop.project.folders import check_project
    from micm_desktop.project.store import Project

    check_project(project)
    labeling = Labeling(Project.open_exclusively(project) if to_write else Project.look_into(project))
    try:
        if to_write and labeling.project.holder is not None:
            raise UserError(labeling.project.holder.in_words())
        yield labeling
        for _ in labeling.project.closing(JobControl()):
            pass
    finally:
        labeling.close()
