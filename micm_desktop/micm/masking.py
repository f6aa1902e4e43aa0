"""Block-wise masks over the patch grid (as BEiT and iBOT draw them)."""

import math

import numpy as np
import numpy.typing as npt

MIN_BLOCK = 4
MIN_ASPECT = 0.3


def block_mask(grid: int, count: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """A (grid, grid) mask with exactly ``count`` True cells, laid as rectangles, the rest filled at random.

    Raises ValueError where ``count`` is negative or above grid².
    """
    if not 0 <= count <= grid * grid:
        raise ValueError(f"cannot hide {count} of {grid * grid} patches")
    mask = np.zeros((grid, grid), dtype=bool)
    for _ in range(10 * grid):
        missing = count - int(mask.sum())
        if missing < MIN_BLOCK:
            break
        area = rng.uniform(MIN_BLOCK, missing + 1e-6)
        aspect = math.exp(rng.uniform(math.log(MIN_ASPECT), -math.log(MIN_ASPECT)))
        height, width = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if not (0 < height <= grid and 0 < width <= grid):
            continue
        top, left = rng.integers(0, grid - height + 1), rng.integers(0, grid - width + 1)
        block = mask[top : top + height, left : left + width]
        if int((~block).sum()) <= missing:
            block[:] = True
    missing = count - int(mask.sum())
    free = np.flatnonzero(~mask)
    mask.flat[rng.choice(free, missing, replace=False)] = True
    return mask


def draw_masks(
    batch: int, grid: int, probability: float, ratio: float, spread: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Masks (batch, grid²): each image is masked with ``probability``, at a ratio from ``ratio`` ± ``spread``."""
    masks = np.zeros((batch, grid * grid), dtype=bool)
    for row in range(batch):
        if rng.random() < probability:
            share = float(np.clip(rng.uniform(ratio - spread, ratio + spread), 0.0, 0.9))
            masks[row] = block_mask(grid, round(share * grid * grid), rng).ravel()
    return masks
