"""A hot folder: judge each image that appears in it, once. Imports neither torch nor Qt.

For each image, in this order: heatmap, copy in the folder of its verdict, line in the table, removal of the original.
The line is what counts. After a crash before it the image is judged again, and its copy found; after a crash behind it
the original is removed at the next start.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from micm_desktop.export.arrivals import SETTLED, Arrival, Arrivals
from micm_desktop.export.pipeline import judge_bytes
from micm_desktop.export.runtime import Model, Verdict
from micm_desktop.export.sorting import folder_of, place
from micm_desktop.export.table import error_fields, verdict_fields
from micm_desktop.export.watch_table import WatchTable
from micm_desktop.images.decode import UnreadableImage, read_image_bytes
from micm_desktop.images.names import beside
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, naming

POLL_SECONDS = 0.01
GONE_SECONDS = 1.0
RETRY_SECONDS, LONGEST_RETRY = 1.0, 30.0
NAP = 0.1


@dataclass(frozen=True)
class WatchSettings:
    """``once``: end when all that is there is judged, and end on trouble instead of waiting. ``heatmaps``, ``sort``:
    folders; ``move``: take the original away once its copy is in ``sort``. ``settled``: seconds without a change
    after which a file is taken for whole."""

    once: bool = False
    heatmaps: Path | None = None
    sort: Path | None = None
    move: bool = False
    settled: float = SETTLED
    patience: float = 5.0


@dataclass(frozen=True)
class Watched:
    """An image with its line in the table. ``verdict`` is None where ``reason`` says why; ``placed`` is its copy."""

    name: str
    verdict: Verdict | None
    reason: str
    placed: Path | None
    at: str


@dataclass(frozen=True)
class Told:
    """Something that a person should know; the watch goes on."""

    text: str


@dataclass
class _Removals:
    """Originals with their copies in ``sort``, that are in the table, but could not be removed yet."""

    waiting: list[tuple[Arrival, Path]] = field(default_factory=list)

    def run(self) -> None:
        self.waiting = [(arrival, copy) for arrival, copy in self.waiting if not _removed(arrival, copy)]


def watch_folder(
    model: Model, root: Path, table: WatchTable, settings: WatchSettings, control: JobControl
) -> Iterator[Watched | Told]:
    """Judge what is in ``root`` and its sub-folders and has no line in ``table``, then what appears, until cancelled.

    Where the folder vanishes or a disk refuses, it is said once, and tried again until it works. With
    ``settings.once`` ProcessingError or OSError is raised instead. Cancelled is never raised.
    """
    left_out = [folder for folder in (settings.heatmaps, settings.sort) if folder is not None]
    arrivals = Arrivals(root, left_out, settled=settings.settled, patience=settings.patience)
    removals = _Removals(_take_over(arrivals, table, settings))
    gone = False
    while not control.cancelled:
        ready = arrivals.poll()
        if arrivals.gone != gone:
            gone = arrivals.gone
            if gone and settings.once:
                raise ProcessingError(f"The folder {root} is no longer there. Connect the drive that holds it.")
            yield Told(f"The folder {root} is {'gone. Waiting for it to come back.' if gone else 'back.'}")
        for arrival in ready:
            if control.cancelled:
                return
            try:
                yield from _judge_one(model, arrival, arrivals, table, settings, removals, control)
            except Cancelled:
                return
            yield from _keep(table, settings)
        removals.run()
        if settings.once and not arrivals.waiting:
            return
        if not ready:
            yield from _keep(table, settings)
            _wait(GONE_SECONDS if gone else arrivals.pause(POLL_SECONDS), control)


def _take_over(arrivals: Arrivals, table: WatchTable, settings: WatchSettings) -> list[tuple[Arrival, Path]]:
    """Mark what the table holds as judged; returns the originals that a crash kept from being removed, and their
    copies."""
    there = {(arrival.shown, str(arrival.size), arrival.modified): arrival for arrival in arrivals.found()}
    left: list[tuple[Arrival, Path]] = []
    for row in table.lines() if there else ():
        arrival = there.get((row["path"], row["size"], row["modified"]))
        if arrival is not None:
            arrivals.judged(arrival)
            if settings.move and settings.sort is not None and row["sorted"]:
                copy = settings.sort / row["sorted"]
                # What the table says may be anything: only a file in the folder is the copy.
                inside = copy.resolve().is_relative_to(settings.sort.resolve())
                if inside and copy.is_file() and copy.stat().st_size == arrival.size:
                    left.append((arrival, copy))
    return left


def _judge_one(
    model: Model,
    arrival: Arrival,
    arrivals: Arrivals,
    table: WatchTable,
    settings: WatchSettings,
    removals: _Removals,
    control: JobControl,
) -> Iterator[Watched | Told]:
    data: bytes | None = None
    try:
        data = read_image_bytes(arrival.path)
        if not arrival.unchanged():
            return
        judged = judge_bytes(model, data, arrival.path, drawn=settings.heatmaps is not None)
    except UnreadableImage as problem:
        judged = UnreadableImage(arrival.path, problem.reason)
    if isinstance(judged, UnreadableImage) and arrivals.later(arrival):
        return
    verdict, png = (None, None) if isinstance(judged, UnreadableImage) else judged
    reason = judged.reason if isinstance(judged, UnreadableImage) else ""
    name, at = arrival.shown, datetime.now().astimezone().isoformat(timespec="milliseconds")

    def record() -> Path | None:
        placed = None
        if png is not None and settings.heatmaps is not None:
            file = beside(settings.heatmaps / arrival.name, ".png")
            file.parent.mkdir(parents=True, exist_ok=True)
            with naming(file):
                file.write_bytes(png)
        if settings.sort is not None and data is not None:
            folder = settings.sort / folder_of(verdict)
            placed = place(folder, arrival.name, data, arrival.modified_ns, durable=settings.move)
        fields = error_fields(name, reason, model.info.classes) if verdict is None else verdict_fields(name, verdict)
        in_sort = "" if placed is None or settings.sort is None else placed.relative_to(settings.sort).as_posix()
        table.append([*fields, str(arrival.size), arrival.modified, in_sort, at])
        return placed

    told, delay = "", RETRY_SECONDS
    while True:
        try:
            placed = record()
            break
        except OSError as problem:
            if settings.once:
                raise
            text = _cannot_write(problem, table)
            if text != told:
                told = text
                yield Told(text)
            _wait(delay, control)
            control.safe_point()
            delay = min(2 * delay, LONGEST_RETRY)
    arrivals.judged(arrival)
    if settings.move and placed is not None:
        table.sync()
        removals.waiting.append((arrival, placed))
        removals.run()
    yield Watched(name, verdict, reason, placed, at)


def _keep(table: WatchTable, settings: WatchSettings) -> Iterator[Told]:
    """Bring the table to the disk once a second, while nobody waits for a verdict."""
    try:
        table.sync_if_due()
    except OSError as problem:
        if settings.once:
            raise
        yield Told(_cannot_write(problem, table))


def _cannot_write(problem: OSError, table: WatchTable) -> str:
    where = problem.filename or table.path
    return f"Cannot write {where} ({problem.strerror or problem}). Trying again until it can be written."


def _removed(arrival: Arrival, copy: Path) -> bool:
    """Remove an original; True where nothing is left to do, as for a file that was written anew meanwhile."""
    if not arrival.unchanged():
        return True
    try:
        # A stamp may tell too little, a power failure leave an empty copy, and --sort lead back to the original.
        # Whoever takes the copies away may have done so already.
        if copy.exists() and (copy.samefile(arrival.path) or copy.read_bytes() != arrival.path.read_bytes()):
            return True
        arrival.path.unlink(missing_ok=True)
    except OSError:  # open in another program
        return False
    return True


def _wait(seconds: float, control: JobControl) -> None:
    end = time.monotonic() + seconds
    while not control.cancelled and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, NAP))
