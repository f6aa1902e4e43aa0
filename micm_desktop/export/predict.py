"""Judge a folder with a model file and write ``results.csv``. Imports neither torch nor Qt."""

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.explain.overlay import overlay
from micm_desktop.export.runtime import Model, Verdict
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.images.scan import relative_name
from micm_desktop.progress import JobControl, Progress, UserError

READ_AHEAD = 8


@dataclass
class PredictResult:
    """Filled while :func:`predict_folder` runs."""

    images: int = 0
    failed: list[UnreadableImage] = field(default_factory=list)


def predict_folder(
    model: Model,
    root: Path,
    paths: Sequence[Path],
    out: Path,
    heatmaps: Path | None,
    result: PredictResult,
    control: JobControl,
) -> Iterator[Progress]:
    """Judge ``paths`` (below ``root``) in order. The CSV appears under its name once it is whole.

    Unreadable images get a line with status ``error``. Raises UserError where ``out`` is a folder or in use, OSError
    where ``out`` or ``heatmaps`` cannot be written, Cancelled on cancel.
    """
    check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(out.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            columns = [f"p_{name}" for name in model.info.classes]
            writer.writerow(
                ["path", "status", "class", "confidence", "unknown", "message", *columns, "verdict", "risk", "rule"]
            )
            for path, image in decoded_ahead(paths):
                control.safe_point()
                name = relative_name(path, root)
                if isinstance(image, UnreadableImage):
                    result.failed.append(image)
                    writer.writerow([name, "error", "", "", "", image.reason, *[""] * (len(columns) + 3)])
                else:
                    verdict = model.judge(image)
                    writer.writerow(_row(name, verdict))
                    if heatmaps is not None:
                        write_heatmap(heatmaps / f"{name}.png", image, verdict)
                result.images += 1
                yield Progress(result.images, len(paths), name)
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)


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


def decoded_ahead(paths: Sequence[Path]) -> Iterator[tuple[Path, npt.NDArray[np.uint8] | UnreadableImage]]:
    """Each path with its decoded image or the reason why not, the next few being decoded meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(try_decode, path) for path in paths[:READ_AHEAD]]
        for index, path in enumerate(paths):
            image = waiting.pop(0).result()
            if index + READ_AHEAD < len(paths):
                waiting.append(pool.submit(try_decode, paths[index + READ_AHEAD]))
            yield path, image


def write_heatmap(path: Path, image: npt.NDArray[np.uint8], verdict: Verdict) -> None:
    """Write the image with its heatmap over it as PNG. An unknown has no evidence to show: it is left as it is."""
    drawn = image if verdict.unknown else overlay(image, verdict.heatmap)
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".png", drawn[:, :, ::-1])
    path.write_bytes(data.tobytes())


def _row(name: str, verdict: Verdict) -> list[str]:
    probabilities = [f"{p:.6f}" for p in verdict.probabilities]
    judged = [verdict.outcome.name.lower(), f"{verdict.risk:.6f}", verdict.rule]
    first = [name, "ok", verdict.class_name, f"{verdict.confidence:.6f}", str(int(verdict.unknown)), ""]
    return [*first, *probabilities, *judged]
