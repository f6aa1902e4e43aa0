"""Commands of the line PC: they import neither torch nor Qt."""

import time
from pathlib import Path
from typing import Annotated

import typer

from micm_desktop.cli.output import FAILED, Json, command, finish, run_through, stderr
from micm_desktop.export import runtime
from micm_desktop.export.predict import PredictResult, predict_folder
from micm_desktop.images.scan import find_images
from micm_desktop.progress import JobControl, UserError


@command
def predict(
    model: Annotated[Path, typer.Argument(help="Model file (.onnx).")],
    images: Annotated[Path, typer.Argument(help="Folder of images, searched with its sub-folders.")],
    out: Annotated[Path, typer.Option(help="Where to write results.csv.")],
    heatmaps: Annotated[Path | None, typer.Option(help="Folder for the images with their heatmaps.")] = None,
    json: Json = False,
) -> int:
    """Judge a folder of images with a model file."""
    started = time.perf_counter()
    loaded = runtime.load(model)
    paths = list(find_images(images))
    if heatmaps is not None:
        paths = _without_earlier(heatmaps, paths, images)
    if not paths:
        raise UserError(f"There are no images in {images}. Check the folder, or its sub-folders.")
    result = PredictResult()
    run_through(predict_folder(loaded, images, paths, out, heatmaps, result, JobControl()), "judging")
    seconds = time.perf_counter() - started
    values = {
        "images": result.images,
        "failed": len(result.failed),
        "images_per_second": round(result.images / seconds, 2),
        "results": str(out),
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
    folder: Annotated[Path, typer.Argument(help="Folder to watch.")],
    out: Annotated[Path, typer.Option(help="Where to append results.csv.")],
    once: Annotated[bool, typer.Option(help="Judge what is there, then end.")] = False,
    heatmaps: Annotated[Path | None, typer.Option(help="Folder for heatmaps.")] = None,
    json: Json = False,
) -> int:
    """Judge each new image that appears in a folder (not there yet)."""
    raise UserError("'watch' is not there yet. Use 'predict' on the folder for now.")


def _without_earlier(heatmaps: Path, paths: list[Path], images: Path) -> list[Path]:
    """An earlier run's heatmaps, where they are kept among the images, are not images to judge."""
    own, root = heatmaps.resolve(), images.resolve()
    if own == root:
        raise UserError(f"--heatmaps must be another folder than that of the images ({images}).")
    if root not in own.parents:
        return paths
    return [path for path in paths if own not in path.resolve().parents]
