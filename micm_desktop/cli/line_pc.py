"""Commands of the line PC: they import neither torch nor Qt."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cv2
import typer

from micm_desktop import __version__
from micm_desktop.cli.output import FAILED, SOME_UNREADABLE, Json, command, finish, json_line, stderr, tracked
from micm_desktop.cli.stopping import stopped_by_signals
from micm_desktop.cli.watched import watched_line, watched_values
from micm_desktop.export import runtime
from micm_desktop.export.arrivals import SETTLED
from micm_desktop.export.journal import Resumed, file_hash
from micm_desktop.export.predict import PredictResult, part_of, predict_folder
from micm_desktop.export.predict_shared import predict_shared
from micm_desktop.export.shared_work import QUIET
from micm_desktop.export.watch import Told, WatchSettings, watch_folder
from micm_desktop.export.watch_table import WatchTable
from micm_desktop.images import decode_processes
from micm_desktop.images.scan import find_images
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, Progress, UserError


@command
def predict(
    model: Annotated[Path, typer.Argument(help="Model file (.onnx).")],
    images: Annotated[Path, typer.Argument(help="Folder of images, searched with its sub-folders.")],
    out: Annotated[Path, typer.Option(help="Where to write results.csv.")],
    heatmaps: Annotated[Path | None, typer.Option(help="Folder for the images with their heatmaps.")] = None,
    claim: Annotated[
        Path | None, typer.Option(help="Folder that several computers see, to share the work by.", metavar="DIR")
    ] = None,
    claim_after: Annotated[
        float, typer.Option(min=1.0, help="Seconds without a sign of life after which others do a computer's part.")
    ] = QUIET,
    json: Json = False,
) -> int:
    """Judge a folder of images with a model file. Once interrupted, the same command goes on where it stopped."""
    started = time.perf_counter()
    loaded = runtime.load(model, threads=1)
    # As many images are judged at once as there are cores: threads inside OpenCV would be in their way.
    cv2.setNumThreads(1)
    paths = list(find_images(images))
    if heatmaps is not None:
        paths = _without_earlier(heatmaps, paths, images)
    if not paths:
        raise UserError(f"There are no images in {images}. Check the folder, or its sub-folders.")
    result, control = PredictResult(), JobControl()
    identity = {"file": file_hash(model), "program": __version__}
    try:
        with stopped_by_signals(control):
            job: Iterator[Progress | Resumed]
            if claim is None:
                job = predict_folder(loaded, images, paths, out, heatmaps, result, control, identity)
            else:
                job = predict_shared(
                    loaded, images, paths, out, heatmaps, claim, result, control, identity, claim_after
                )
            for event in tracked(job, "judging"):
                if isinstance(event, Resumed):
                    _tell_resumed(event, part_of(out))
    except (Cancelled, ProcessingError, OSError) as problem:
        if isinstance(problem, Cancelled):
            stderr.print("Stopped before the end.", markup=False)
        if claim is not None:
            stderr.print(f"The parts that are done are kept in {claim}.", markup=False)
        else:
            # An image that could not be read is tried again.
            done = result.images - len(result.failed)
            kept = f"{done} of {len(paths)} images are judged and kept in {part_of(out)}."
            stderr.print(f"{kept} The same command goes on from there.", markup=False)
        if isinstance(problem, Cancelled):
            return FAILED
        raise
    seconds = time.perf_counter() - started
    values = {
        "images": result.images,
        "failed": len(result.failed),
        "images_per_second": round((result.images - result.resumed) / seconds, 2),
        "results": str(out),
        "resumed": result.resumed,
    }
    return finish(values, json, result.failed)


@command
def verify(model: Annotated[Path, typer.Argument(help="Model file (.onnx).")], json: Json = False) -> int:
    """Replay the sample images inside a model file and compare with the outputs stored at export."""
    checked = runtime.load(model).verify()
    values = {
        "images": checked.images,
        "max_abs_diff": checked.max_abs_diff,
        "heatmap_max_abs_diff": checked.heatmap_max_abs_diff,
        "same_class": checked.same_class,
        "same_verdict": checked.same_verdict,
        "ok": checked.ok,
    }
    finish(values, json)
    if not checked.ok:
        stderr.print(f"{model} does not give the outputs it gave at export. Copy or export it again.", style="red")
        return FAILED
    return 0


@command
def watch(
    model: Annotated[Path, typer.Argument(help="Model file (.onnx).")],
    folder: Annotated[Path, typer.Argument(help="Folder to watch, with its sub-folders.")],
    out: Annotated[Path, typer.Option(help="Table to append to; it also tells what was judged before.")],
    once: Annotated[bool, typer.Option(help="Judge what is there, then end.")] = False,
    heatmaps: Annotated[Path | None, typer.Option(help="Folder for the images with their heatmaps.")] = None,
    sort: Annotated[Path | None, typer.Option(help="Put each image into DIR/<verdict>.", metavar="DIR")] = None,
    move: Annotated[bool, typer.Option("--move/--copy", help="What --sort does with the image.")] = False,
    settled: Annotated[
        float, typer.Option(min=0.0, help="Seconds without a change after which a file is whole.")
    ] = SETTLED,
    json: Json = False,
) -> int:
    """Judge each new image that appears in a folder, once, also after a restart. Ctrl+C ends it."""
    if move and sort is None:
        raise UserError("--move needs --sort DIR, the folder to move the images to.")
    for option, other in (("--heatmaps", heatmaps), ("--sort", sort)):
        if other is not None and other.resolve() == folder.resolve():
            raise UserError(f"{option} must be another folder than the one that is watched ({folder}).")
    if not folder.is_dir():
        raise UserError(f"The folder {folder} does not exist. Check the path, or connect the drive that holds it.")
    # The first image should not wait for the process that decodes it.
    decode_processes.start_ahead()
    loaded = runtime.load(model)
    table, control, failed = WatchTable(out, loaded.info.classes), JobControl(), 0
    try:
        with stopped_by_signals(control):
            settings = WatchSettings(once, heatmaps, sort, move, settled)
            for event in watch_folder(loaded, folder, table, settings, control):
                if isinstance(event, Told):
                    stderr.print(event.text, style="yellow", markup=False)
                    continue
                failed += event.verdict is None
                print(json_line(watched_values(event, sort)) if json else watched_line(event), flush=True)
    finally:
        table.close()
    return SOME_UNREADABLE if failed else 0


def _without_earlier(heatmaps: Path, paths: list[Path], images: Path) -> list[Path]:
    """An earlier run's heatmaps, where they are kept among the images, are not images to judge."""
    own, root = heatmaps.resolve(), images.resolve()
    if own == root:
        raise UserError(f"--heatmaps must be another folder than that of the images ({images}).")
    if root not in own.parents:
        return paths
    return [path for path in paths if own not in path.resolve().parents]


def _tell_resumed(event: Resumed, part: Path) -> None:
    if event.other:
        why = f"{part} is of a run with another {event.other}"
        stderr.print(f"Starting afresh: {why}.", style="yellow", markup=False)
    else:
        stderr.print(f"Going on after {event.images} images that {part} holds.", markup=False)
