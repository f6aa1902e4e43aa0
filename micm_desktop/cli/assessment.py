"""Commands that tell how good a project's verdicts are, and that set images aside to tell it by."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from rich.table import Table

from micm_desktop.cli.output import (
    DONE,
    USAGE,
    Json,
    command,
    finish,
    needs_desktop,
    run_through,
    stderr,
    stdout,
    tracked,
)
from micm_desktop.cli.projects import ProjectFolder, opened
from micm_desktop.progress import JobControl, UserError

if TYPE_CHECKING:
    from micm_desktop.evaluation.notes import Note
    from micm_desktop.fewshot.expected import Rate
    from micm_desktop.labeling.evaluation_values import Comparison, Evaluation
    from micm_desktop.labeling.workspace import Labeling


@command
def assess(
    project: ProjectFolder,
    by: Annotated[str, typer.Option(help="auto, locked (the test set) or leave-one-out.")] = "auto",
    learning: Annotated[bool, typer.Option(help="Also say what more tags would bring.")] = True,
    compare_method: Annotated[
        str | None, typer.Option(help="Another method, to compare with the project's on the same tags.")
    ] = None,
    compare_encoder: Annotated[
        str | None, typer.Option(help="Another encoder's name, or starter, to compare with the one in use.")
    ] = None,
    json: Json = False,
) -> int:
    """How good the verdicts of a project are, by its test set or by each tagged image without its tag."""
    needs_desktop()
    from micm_desktop.labeling.evaluating import By, evaluate
    from micm_desktop.labeling.evaluation_values import Evaluation

    asked = next((one for one in get_args(By) if one == by), None)
    if asked is None:
        raise UserError(f"--by must be one of: {', '.join(get_args(By))}.")
    with opened(project) as labeling:
        labeling.load_features()
        # As a model file has learned from them.
        run_through(labeling.compute_views(JobControl()), "augmented views")
        found: Evaluation | None = None
        for event in tracked(evaluate(labeling, JobControl(), by=asked, learning=learning), "judging"):
            if isinstance(event, Evaluation):
                found = event
        assert found is not None
        compared = _compared(labeling, found.method, compare_method, compare_encoder)
    if json:
        code = finish(found.to_dict() | {"comparisons": [one.to_dict() for one in compared]}, True)
        return code if found.judged is not None else USAGE
    _print_evaluation(found)
    for one in compared:
        _print_comparison(one)
    return DONE if found.judged is not None else USAGE


def _compared(
    labeling: "Labeling", method: str, other_method: str | None, other_encoder: str | None
) -> "list[Comparison]":
    from micm_desktop.labeling.evaluating import STARTER, compare_encoders, compare_methods
    from micm_desktop.labeling.evaluation_values import Comparison

    control, jobs = JobControl(), []
    if other_method is not None:
        jobs.append(compare_methods(labeling, method, other_method, control))
    if other_encoder is not None:
        numbers = {record.name: record.id for record in labeling.project.encoders()}
        if other_encoder != STARTER and other_encoder not in numbers:
            raise UserError(f"There is no encoder {other_encoder!r}. Choose one of: {', '.join([STARTER, *numbers])}.")
        active = labeling.project.active_encoder()
        jobs.append(
            compare_encoders(labeling, None if active is None else active.id, numbers.get(other_encoder), control)
        )
    return [event for job in jobs for event in tracked(job, "comparing") if isinstance(event, Comparison)]


def _print_evaluation(found: "Evaluation") -> None:
    if found.judged is not None:
        by = {"locked": "of the test set", "leave-one-out": "without their own tag"}[found.source]
        stdout.print(f"{len(found.judged)} tagged images, judged {by}", markup=False)
        table = Table("class", "tags", "judged", "recall", "95 %", "precision", "95 %")
        for record, count, score in zip(found.classes, found.support, found.by_class, strict=True):
            cells = [record.name, str(count), str(score.tagged)]
            table.add_row(*cells, *_cells(score.recall), *_cells(score.precision))
        stdout.print(table)
        rows: list[tuple[str, Rate | None]] = [
            ("gets its class, nobody asked", found.right),
            ("most probable class is right", found.most_probable),
        ]
        if found.expected is not None:
            rows += [
                ("missed defects", found.expected.missed),
                ("false alarms", found.expected.false_alarms),
                ("defects a person is asked about", found.expected.asked_defects),
                ("good parts a person is asked about", found.expected.asked_good),
            ]
        table = Table("", "count", "share", "95 %")
        for name, rate in rows:
            if rate is not None:
                table.add_row(name, f"{rate.count} of {rate.total}", *_cells(rate))
        stdout.print(table)
        if found.cost is not None:
            cost = found.cost
            stdout.print(
                f"mistakes and questions in 1,000 parts cost as much as {cost.cost[cost.chosen]:.0f} false alarms;"
                f" asking a person about every part {cost.ask_all:.0f}, passing every part as good {cost.pass_all:.0f}",
                markup=False,
            )
        if found.reliability is not None:
            stdout.print(f"calibration error {percent(found.reliability.calibration_error)}", markup=False)
        if found.learning is not None:
            curve = ", ".join(f"{one.tags} tags {percent(one.accuracy)}" for one in found.learning.points)
            stdout.print(f"learning curve, accuracy over classes: {curve}", markup=False)
    _print_notes(found.notes)


def _print_comparison(found: "Comparison") -> None:
    paired = found.paired
    if paired is not None:
        better = {"first": found.first, "second": found.second, None: "cannot be told"}[paired.better]
        stdout.print(
            f"{found.first} {percent(paired.first.share)}, {found.second} {percent(paired.second.share)} of"
            f" {len(found.keys)} images right; {found.first} alone {paired.only_first}, {found.second} alone"
            f" {paired.only_second}; p = {paired.p_value:.3g}; better: {better}",
            markup=False,
        )
    _print_notes(found.notes)


def _print_notes(notes: "tuple[Note, ...]") -> None:
    from micm_desktop.evaluation.notes import sentence

    for note in notes:
        stdout.print(f"- {sentence(note)}", markup=False)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _cells(rate: "Rate") -> tuple[str, str]:
    if not rate.total:
        return "", ""
    return percent(rate.share), f"{percent(rate.low)} to {percent(rate.high)}"


@command
def test_set(
    project: ProjectFolder,
    lock: Annotated[str | None, typer.Option(help="Share of all images to set aside at random, such as 20%.")] = None,
    list_file: Annotated[Path | None, typer.Option("--list", help="Text file of images to set aside.")] = None,
    unlock: Annotated[bool, typer.Option("--unlock", help="Give the test set up; its tags are learned from.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw.")] = 0,
    json: Json = False,
) -> int:
    """Set images aside before they are tagged, so that nothing learns from them. Alone it lists what is set aside."""
    needs_desktop()
    if sum((lock is not None, list_file is not None, unlock)) > 1:
        raise UserError("Give one of --lock, --list and --unlock.")
    from micm_desktop.evaluation.notes import Note
    from micm_desktop.labeling.evaluation_values import notes_to_list, set_aside_to_dict
    from micm_desktop.labeling.setting_aside import Locked, images_of_list, lock_images, lock_share

    said: tuple[Note, ...] = ()
    with opened(project, to_write=bool(lock is not None or list_file is not None or unlock)) as labeling:
        if lock is not None:
            labeling.load_features()
            for event in tracked(lock_share(labeling, _share(lock), JobControl(), seed=seed), "looking for copies"):
                if isinstance(event, Locked):
                    said = event.notes
        elif list_file is not None:
            said = lock_images(labeling, images_of_list(labeling, list_file)).notes
        elif unlock and labeling.project.unlock():
            stderr.print(
                "The test set is unlocked: its tags are learned from, and figures are no longer independent of them."
                " The journal keeps this.",
                style="yellow",
                markup=False,
            )
        found, tags = labeling.project.test_set(), labeling.project.tags()
        paths = sorted(str(image.path) for image in labeling.distinct_images() if image.sha256 in found.locked)
    tagged = sum(key in found.locked for key in tags)
    if json:
        values = set_aside_to_dict(found) | {"tagged": tagged, "images": paths, "notes": notes_to_list(said)}
        return finish(values, True)
    if not (lock or list_file or unlock):
        for path in paths:
            stdout.print(path, markup=False)
    stdout.print(f"{len(found.locked)} images are locked, {tagged} of them tagged", markup=False)
    for one in found.events:
        verb = "locked" if one.locked else "unlocked"
        stdout.print(f"{one.at.astimezone():%Y-%m-%d %H:%M} {one.by} {verb} {one.images} ({one.how})", markup=False)
    _print_notes(said)
    return DONE


def _share(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise UserError(f"--lock must be a share such as 20% or 0.2, not {text!r}.") from None
