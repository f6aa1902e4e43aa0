"""Commands on a project that the window made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micm_desktop.cli.leaving_out import name_left_out
from micm_desktop.cli.output import FAILED, Json, check_ending, command, finish, needs_desktop, tracked
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
    out: Annotated[Path, typer.Option(help="Model file to write (.onnx).")],
    tiles: Annotated[
        str, typer.Option(help="1 to 4 tiles along each edge; auto: large images are cut where the tags call for it.")
    ] = "1",
    int8: Annotated[bool, typer.Option("--int8", help="Quantize to int8 (not there yet).")] = False,
    json: Json = False,
) -> int:
    """Export what was labeled in the window as a model file."""
    needs_desktop()
    check_ending(out, ".onnx")
    with opened(project) as labeling:
        labeling.load_features()
        name_left_out(len(labeling.project.locked()))
        count, trial = tiles_asked(tiles, lambda: labeling.try_tiles(JobControl()))
        for event in tracked(labeling.export(out, JobControl(), int8=int8, tiles=count), "exporting"):
            if isinstance(event, ExportResult):
                return finish(export_values(event) | {"tiles": count} | trial_values(trial), json)
    return FAILED


@contextmanager
def opened(project: Path, *, to_write: bool = False) -> "Iterator[Labeling]":
    """An existing project, to look at, whoever works on it, or ``to_write``. Raises UserError where there is none, or
    where it is to be written and somebody else has it open.
    """
    from micm_desktop.labeling import Labeling
    from micm_desktop.project.store import Project

    if not (project / "project.sqlite").is_file():
        raise UserError(f"There is no project in {project}. Name the folder that holds project.sqlite.")
    labeling = Labeling(Project.open_exclusively(project) if to_write else Project.look_into(project))
    try:
        if to_write and labeling.project.holder is not None:
            raise UserError(labeling.project.holder.in_words())
        yield labeling
    finally:
        labeling.close()


def export_values(result: ExportResult) -> dict[str, object]:
    """JSON of an export, as the contract names it."""
    return {
        "model_file": str(result.model_file),
        "classes": list(result.classes),
        "support": result.support,
        "bytes": result.bytes,
        "parity_max_abs_diff": result.parity_max_abs_diff,
        "parity_images": result.parity_images,
    }
