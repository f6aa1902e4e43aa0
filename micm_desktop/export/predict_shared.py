"""Judge a folder on several computers, which take parts of it from one shared list. Imports neither torch nor Qt."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from micm_desktop.export.predict import PredictResult, check_replaceable, predict_folder
from micm_desktop.export.runtime import Model
from micm_desktop.export.shared_work import QUIET, Part, SharedWork
from micm_desktop.export.table import BYTE_ORDER_MARK, columns, first_field, line
from micm_desktop.images.scan import relative_name
from micm_desktop.progress import JobControl, ProcessingError, Progress
from micm_desktop.whole_file import whole_file

PART = 500
"""Images that a computer takes at a time."""


def predict_shared(
    model: Model,
    root: Path,
    paths: Sequence[Path],
    out: Path,
    heatmaps: Path | None,
    claims: Path,
    result: PredictResult,
    control: JobControl,
    identity: Mapping[str, Any],
    quiet: float = QUIET,
) -> Iterator[Progress]:
    """As :func:`~.predict.predict_folder`, sharing the work with everyone who does the same with the folder ``claims``.

    Ends when all parts are done, by whomever, with the whole table in ``out``: the same, byte for byte, as that of one
    computer. ``result.images`` counts those judged here. A computer that ends in the middle leaves its parts to the
    others, after ``quiet`` seconds; what it had judged of one is judged again.

    Raises UserError where the others judge something else, ProcessingError where the parts do not hold each image
    exactly once, and what ``predict_folder`` raises.
    """
    check_replaceable(out)
    names = [relative_name(path, root) for path in paths]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    plan = {"model": dict(identity), "images": {"count": len(paths), "names": digest}}
    work = SharedWork(claims, -(-len(paths) // PART), plan, quiet)
    total = len(paths)
    while work.done() < work.parts:
        control.safe_point()
        part = work.take()
        if part is None:
            yield Progress(min(total, work.done() * PART), total)
            work.wait()
            continue
        yield from _judge(model, root, paths, heatmaps, work, part, result, control)
    _merge(model, work, names, out)
    yield Progress(total, total)


def _judge(
    model: Model,
    root: Path,
    paths: Sequence[Path],
    heatmaps: Path | None,
    work: SharedWork,
    part: Part,
    result: PredictResult,
    control: JobControl,
) -> Iterator[Progress]:
    some = paths[part.number * PART : (part.number + 1) * PART]
    # A table of our own: whoever had the part before may still write theirs.
    table = part.claim.with_suffix(".csv")
    own = PredictResult()
    finished = False
    try:
        with work.alive(part):
            before = work.done() * PART
            for event in predict_folder(model, root, some, table, heatmaps, own, control):
                if isinstance(event, Progress):
                    yield Progress(min(len(paths), before + event.done), len(paths), event.text)
        work.finish(part, table)
        finished = True
    finally:
        if not finished:
            work.give_back(part)
            for left in table.parent.glob(f"{table.name}*"):
                left.unlink(missing_ok=True)
    result.images += own.images
    result.failed += own.failed


def _merge(model: Model, work: SharedWork, names: Sequence[str], out: Path) -> None:
    """Write the table of all parts, in the order of the images. Raises ProcessingError where one is missing, or there
    twice."""
    head = BYTE_ORDER_MARK + line(columns(model.info.classes))
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out, out.with_name(f"{out.name}.{work.token}.new")) as table:
        table.write(head)
        for number in range(work.parts):
            content = work.result(number).read_bytes()
            rows = content[len(head) :]
            expected = list(names[number * PART : (number + 1) * PART])
            if not content.startswith(head) or first_field(rows) != expected:
                raise ProcessingError(
                    f"Part {number} in {work.folder} does not hold each of its images once. Delete that folder, and"
                    " begin again."
                )
            table.write(rows)
