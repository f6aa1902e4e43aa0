"""Where the tiles of an image lie. Plain numbers: neither pixels nor torch."""

from collections.abc import Sequence
from dataclasses import dataclass

from micm_desktop.micm.config import EncoderConfig

GRIDS = (2, 3, 4)
OVERLAP = 0.25
"""Least share of a tile's edge that its neighbour sees, too: what a border cuts is whole in the next tile."""


@dataclass(frozen=True)
class TileGrid:
    """``count`` × ``count`` tiles of ``tile`` pixels, one every ``step`` pixels, of an image squeezed to ``edge``.

    Rows of tiles come one after the other: tile ``row * count + column``. ``count`` 1 is the whole image.
    """

    count: int
    tile: int
    step: int

    @property
    def edge(self) -> int:
        return self.tile + (self.count - 1) * self.step

    @property
    def tiles(self) -> int:
        return self.count**2

    def corners(self) -> list[tuple[int, int]]:
        """Top and left of each tile, in pixels of the squeezed image."""
        starts = range(0, self.count * self.step, self.step)
        return [(top, left) for top in starts for left in starts]

    def centres(self) -> list[tuple[float, float]]:
        """Row and column of each tile's centre, as shares of the image's height and width."""
        return [((top + self.tile / 2) / self.edge, (left + self.tile / 2) / self.edge) for top, left in self.corners()]


def tile_grid(configs: Sequence[EncoderConfig], count: int) -> TileGrid:
    """The grid for these networks: a tile has the size of the largest input, a step whole patches of it."""
    config = max(configs, key=lambda one: one.image_size)
    patches = int(config.grid * (1 - OVERLAP))
    step = max(1, patches) * config.patch_size
    return TileGrid(count, config.image_size, step if count > 1 else config.image_size)


def grids_for(configs: Sequence[EncoderConfig], smaller_edge: int) -> list[TileGrid]:
    """Grids of more than one tile that do not enlarge an image beyond its ``smaller_edge`` in pixels."""
    grids = (tile_grid(configs, count) for count in GRIDS)
    return [grid for grid in grids if grid.edge <= smaller_edge]
