"""Are the defects large enough for the network? Marked regions, measured in the pixels that it sees."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from micm_desktop.fewshot.tile_grid import grids_for
from micm_desktop.images.header import BadHeader, read_header
from micm_desktop.micm.config import EncoderConfig

LEAST_PATCHES = 2.0
"""A defect below this lies inside one patch or two, beside much that is no defect."""


@dataclass(frozen=True)
class Region:
    """Width and height of a marked region, and of its image, in pixels of the original."""

    width: float
    height: float
    image_width: int
    image_height: int


@dataclass(frozen=True)
class Resolution:
    """Sizes of the marked defects as the network with the finest patches sees them.

    ``smallest`` and ``median`` in pixels of its input, ``patch`` the pixels of one patch. ``larger_input`` is the input
    in pixels, and ``grid`` the number of tiles along an edge, with which the smallest defect has two patches; 0 where
    none is needed, or where the images have too few pixels for it.
    """

    regions: int
    smallest: float
    median: float
    patch: int
    larger_input: int
    grid: int

    @property
    def smallest_patches(self) -> float:
        return self.smallest / self.patch

    @property
    def median_patches(self) -> float:
        return self.median / self.patch

    @property
    def too_small(self) -> bool:
        return self.smallest_patches < LEAST_PATCHES

    def sentence(self) -> str:
        """What to do about defects that are too small; empty where none is."""
        if not self.too_small:
            return ""
        pixels, patches = f"{self.smallest:.0f}", f"{self.smallest_patches:.1f}"
        if self.grid:
            return (
                f"The smallest marked defect has {pixels} pixels in the network's input, {patches} patches; below 2"
                f" it is easily missed. Cut the images into {self.grid} x {self.grid} tiles, or use an encoder with an"
                f" input of {self.larger_input} pixels."
            )
        if self.larger_input:
            return (
                f"The smallest marked defect has {pixels} pixels in the network's input, {patches} patches; below 2"
                f" it is easily missed. Use an encoder with an input of {self.larger_input} pixels."
            )
        return (
            f"The smallest marked defect has {pixels} pixels in the network's input, {patches} patches; below 2 it is"
            " easily missed. The images hold no more detail: take them from nearer, or with more pixels."
        )


def regions_of(boxes: Mapping[Path, Sequence[tuple[float, float, float, float]]]) -> list[Region]:
    """Regions of boxes (xmin, ymin, xmax, ymax) by image file; those of files that cannot be read are passed over."""
    found = []
    for path, ones in boxes.items():
        with suppress(OSError, BadHeader):
            header = read_header(path.read_bytes())
            found += [Region(xmax - xmin, ymax - ymin, header.width, header.height) for xmin, ymin, xmax, ymax in ones]
    return found


def measure(regions: Sequence[Region], configs: Sequence[EncoderConfig]) -> Resolution | None:
    """Measure marked regions for the networks in use, each region by its larger edge; None without regions.

    Images are squeezed to a square, so width and height may shrink differently. As in pretraining, the smallest tenth
    of ten regions or more is left out: a slip of the hand is no defect.
    """
    finest = max(configs, key=lambda one: one.grid)
    found = [one for one in regions if min(one.width, one.height, one.image_width, one.image_height) > 0]
    if not found:
        return None
    by_share = sorted(found, key=_share)
    smallest = by_share[len(found) // 10]
    share, patch = _share(smallest), finest.patch_size
    pixels = share * finest.image_size
    larger, grid = 0, 0
    if pixels < LEAST_PATCHES * patch:
        room = min(smallest.image_width, smallest.image_height)
        needed = math.ceil(LEAST_PATCHES / share) * patch
        larger = needed if needed <= room else 0
        fitting = (one.count for one in grids_for(configs, room) if share * one.edge >= LEAST_PATCHES * patch)
        grid = next(fitting, 0)
    return Resolution(len(found), pixels, median(map(_share, found)) * finest.image_size, patch, larger, grid)


def _share(region: Region) -> float:
    """Of its image's edge that a region's larger edge has, each edge as the squeezing shrinks it; at most 1."""
    return min(1.0, max(region.width / region.image_width, region.height / region.image_height))
