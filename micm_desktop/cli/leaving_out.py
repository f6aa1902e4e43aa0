"""The test set of a project, for commands that learn from a folder: its images are left out, and that is said."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micm_desktop.cli.output import stderr
from micm_desktop.progress import UserError

if TYPE_CHECKING:
    from micm_desktop.fewshot.labeled_folder import LabeledFolder

TestSetOf = Annotated[
    Path | None,
    typer.Option(
        "--test-set", help="Project whose locked test images are left out; without it the one that the folder has."
    ),
]


def locked_images(folder: Path, project: Path | None) -> frozenset[str]:
    """Content hashes of the test set of ``project``, or of the one that the window has made for ``folder``; none where
    there is no such project. Raises UserError where the project is not there, or cannot be opened.
    """
    from micm_desktop.project.folders import check_project, is_project, project_for_images, projects_folder

    if project is not None:
        check_project(project)
    place = project or project_for_images(folder, projects_folder())
    if not is_project(place):
        return frozenset()
    from micm_desktop.project.store import Project

    opened = Project.look_into(place)
    try:
        return opened.locked()
    finally:
        opened.close()


def without_locked(paths: Iterable[Path], locked: frozenset[str]) -> list[Path]:
    """Those of ``paths`` whose content is not locked; how many are left out is said on standard error."""
    from micm_desktop.file_hash import file_hash

    def is_free(path: Path) -> bool:
        try:
            return file_hash(path) not in locked
        except OSError:
            # Whoever reads it says why it cannot be read.
            return True

    every = list(paths)
    free = [path for path in every if is_free(path)] if locked else every
    name_left_out(len(every) - len(free))
    return free


def folder_without_locked(folder: "LabeledFolder", locked: frozenset[str]) -> "LabeledFolder":
    """A labeled folder without the locked images. Raises UserError where a class has no other."""
    free = set(without_locked(folder.paths, locked))
    kept = [(path, label) for path, label in zip(folder.paths, folder.labels, strict=True) if path in free]
    labels = tuple(label for _, label in kept)
    empty = [name for index, name in enumerate(folder.classes) if index not in labels]
    if empty:
        raise UserError(f"All images of {', '.join(empty)} belong to the test set, which nothing may learn from.")
    return replace(folder, paths=tuple(path for path, _ in kept), labels=labels)


def name_left_out(count: int) -> None:
    """Say on standard error that images of the test set are left out."""
    if count:
        stderr.print(f"images of the locked test set are left out: {count}", markup=False)
