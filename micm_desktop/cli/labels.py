"""The command that writes a project's labels as CSV, and takes labels up from one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micm_desktop.cli.output import FAILED, Json, check_out, command, finish, needs_desktop, stderr
from micm_desktop.cli.projects import ProjectFolder, opened
from micm_desktop.progress import UserError

if TYPE_CHECKING:
    from micm_desktop.project.records import Conflict, Exchange, LabelLine

LISTED = 20
"""Conflicts and missing images that are listed for a person; ``--json`` has all."""


@command
def labels(
    project: ProjectFolder,
    out: Annotated[Path | None, typer.Option(help="CSV file to write.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="CSV file to take labels from.")] = None,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="Where they disagree, keep the project's own label and take up all others."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken up.")] = False,
    json: Json = False,
) -> int:
    """Export labels as CSV, or import them, matched by content hash, then by path. Nothing is ever overwritten."""
    needs_desktop()
    if (out is None) == (source is None):
        raise UserError("Give either --out, to write the labels, or --from, to take them up.")
    from micm_desktop.project import label_file
    from micm_desktop.project.label_exchange import write_text

    if out is not None:
        if merge or dry_run:
            raise UserError("--merge and --dry-run belong to --from.")
        check_out(out, ".csv")
        with opened(project) as labeling:
            lines = labeling.project.label_lines()
        write_text(out, label_file.to_text(lines))
        return finish({"exported": len(lines), "file": str(out)}, json)
    assert source is not None
    lines = label_file.read_lines(source)
    with opened(project, to_write=not dry_run) as labeling:
        found = labeling.project.take_up_labels(lines, merge=merge, dry_run=dry_run)
    stopped = bool(found.conflicts) and not merge
    _tell(found, stopped, dry_run)
    values: dict[str, object] = {
        "added": 0 if stopped else found.added,
        "unchanged": found.unchanged,
        "conflicts": len(found.conflicts),
        "missing": len(found.missing),
    }
    if json:
        values["conflict_list"] = [_conflict_values(one) for one in found.conflicts]
        values["missing_list"] = [_line_values(one) for one in found.missing]
    code = finish(values, json)
    return FAILED if stopped else code


def _tell(found: "Exchange", stopped: bool, dry_run: bool) -> None:
    for conflict in found.conflicts[:LISTED]:
        stderr.print(f"line {conflict.line.number}: {_why(conflict)}", style="yellow", markup=False)
    for line in found.missing[:LISTED]:
        stderr.print(
            f"line {line.number}: not in the project: {line.path or line.sha256}", style="yellow", markup=False
        )
    more = len(found.conflicts[LISTED:]) + len(found.missing[LISTED:])
    if more:
        stderr.print(f"and {more} more; --json lists all", style="yellow", markup=False)
    if stopped:
        stderr.print(
            f"Nothing {'would be' if dry_run else 'was'} taken up, since the file and the project disagree. With "
            "--merge the project's own labels stay and all others are taken up.",
            style="red",
            markup=False,
        )
    elif found.conflicts:
        stderr.print(
            "Where the file and the project disagree, the project's own labels stay.", style="yellow", markup=False
        )


def _why(conflict: "Conflict") -> str:
    line = conflict.line
    if conflict.why == "tag":
        there = line.name or "unsure"
        return f"{line.path or line.sha256} is {conflict.here or 'unsure'} in the project, {there} in the file"
    if conflict.why == "content":
        return f"{line.path} shows something else than what was labelled: its content is another"
    return f"{line.path} may be any of several images; the column sha256 would tell"


def _line_values(line: "LabelLine") -> dict[str, object]:
    return {"line": line.number, "path": line.path, "sha256": line.sha256, "class": line.name}


def _conflict_values(conflict: "Conflict") -> dict[str, object]:
    return _line_values(conflict.line) | {"why": conflict.why, "here": conflict.here, "message": _why(conflict)}
