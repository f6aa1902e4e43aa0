"""Does a heatmap point at the defect? Scores against marked regions."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.images.decode import UnreadableImage, decode_image
from micm_desktop.progress import UserError

Mask = npt.NDArray[np.bool_]


class Pointing(NamedTuple):
    """Of one heatmap: whether its hottest spot is marked, the share of its heat that is, and the share of the image."""

    hit: bool
    heat_inside: float
    marked: float


@dataclass(frozen=True)
class Localization:
    """``pointing_game``: share of images whose hottest spot lies in a marked region (Zhang et al. 2016);
    ``heat_inside``: share of the heat that lies there; ``chance``, of both: the marked share of the area. All are means
    over images.
    """

    pointing_game: float
    chance: float
    images: int
    heat_inside: float


def score_localization(found: Sequence[Pointing]) -> Localization:
    """Sum up :func:`pointing` over images. Raises UserError where there are none."""
    if not found:
        raise UserError("None of the query images has a marked region. Check --boxes or --masks.")
    hits, inside, marked = np.array(found, dtype=np.float64).mean(axis=0)
    return Localization(float(hits), float(marked), len(found), float(inside))


def pointing(heat: npt.NDArray[np.float32], mask: Mask) -> Pointing:
    """Score one heatmap (h, w) in [0, 1], enlarged to the mask. Where there is no heat, it says what chance says."""
    enlarged = cv2.resize(heat, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)
    spot = np.unravel_index(int(enlarged.argmax()), mask.shape)
    marked, total = float(mask.mean()), float(enlarged.sum())
    return Pointing(bool(mask[spot]), float(enlarged[mask].sum()) / total if total > 0 else marked, marked)


def read_boxes(file: Path) -> dict[str, list[tuple[int, int, int, int]]]:
    """Boxes (xmin, ymin, xmax, ymax), exclusive at their ends, by image path relative to the labeled folder.

    Raises UserError where the CSV or one of its columns is missing or a number is not one.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if missing := {"image", "xmin", "ymin", "xmax", "ymax"} - set(reader.fieldnames or ()):
                raise ValueError(f"no column {', '.join(sorted(missing))}")
            boxes: dict[str, list[tuple[int, int, int, int]]] = {}
            for row in reader:
                values = [int(float(row[name])) for name in ("xmin", "ymin", "xmax", "ymax")]
                boxes.setdefault(row["image"], []).append((values[0], values[1], values[2], values[3]))
            return boxes
    except FileNotFoundError as problem:
        raise UserError(f"There is no box list {file}. Check the path.") from problem
    except (OSError, ValueError, TypeError, OverflowError, csv.Error) as problem:
        columns = "image, class, xmin, ymin, xmax, ymax"
        raise UserError(f"{file} is not a box list (columns {columns}): {problem}.") from problem


def box_mask(boxes: list[tuple[int, int, int, int]], shape: tuple[int, int]) -> Mask:
    """(H, W) mask, True inside any box."""
    mask = np.zeros(shape, bool)
    for xmin, ymin, xmax, ymax in boxes:
        mask[max(0, ymin) : ymax, max(0, xmin) : xmax] = True
    return mask


def read_mask(file: Path) -> Mask | None:
    """(H, W), True where the image is not black; None where there is no such file or it is all black.

    Raises UserError where the file is there but cannot be read.
    """
    if not file.exists():
        return None
    try:
        mask = decode_image(file).any(axis=2)
    except UnreadableImage as problem:
        raise UserError(f"The mask {file} cannot be read: {problem.reason}. Mend or remove it.") from problem
    return np.asarray(mask) if mask.any() else None
