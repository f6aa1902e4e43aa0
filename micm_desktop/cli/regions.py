"""Marked regions on the command line: a box list beside a labeled folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.cli.output import stderr, tracked
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.progress import JobControl, UserError

if TYPE_CHECKING:
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder
    from micm_desktop.fewshot.resolution import Resolution

Boxes = Mapping[Path, Sequence[tuple[float, float, float, float]]]


def boxes_of(file: Path | None, root: Path) -> Boxes:
    """Boxes by image path, from a list whose paths are relative to ``root``; none without a ``file``.

    Raises UserError where it cannot be read, or names no image there.
    """
    if file is None:
        return {}
    from micm_desktop.explain.localization import read_boxes

    found = {root / name: boxes for name, boxes in read_boxes(file).items()}
    if not any(path.exists() for path in found):
        raise UserError(f"None of the images that {file} names is in {root}. Name them relative to that folder.")
    return found


def tell_resolution(boxes: Boxes, configs: Sequence[EncoderConfig]) -> dict[str, object]:
    """The size of the marked defects for JSON, nothing where none is marked; told on standard error too."""
    from micm_desktop.fewshot.resolution import measure, regions_of

    found = measure(regions_of(boxes), configs)
    if found is None:
        return {}
    stderr.print(found.sentence() or _sizes(found), markup=False)
    values = {
        "regions": found.regions,
        "smallest_pixels": round(found.smallest, 1),
        "median_pixels": round(found.median, 1),
        "smallest_patches": round(found.smallest_patches, 2),
        "median_patches": round(found.median_patches, 2),
        "larger_input": found.larger_input,
        "tiles": found.grid,
    }
    return {"resolution": values}


def _sizes(found: "Resolution") -> str:
    smallest, median = f"{found.smallest_patches:.1f}", f"{found.median_patches:.1f}"
    return f"{found.regions} marked defects: the smallest has {smallest} patches of the network, half {median} or more."


def with_patches(embedded: "EmbeddedFolder", boxes: Boxes) -> "EmbeddedFolder":
    """The folder as ``local`` needs it."""
    from micm_desktop.explain.salient_patches import join_patches
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder

    *_, joined = tracked(join_patches(embedded, boxes, JobControl()), "patches")
    assert isinstance(joined, EmbeddedFolder)
    return joined
