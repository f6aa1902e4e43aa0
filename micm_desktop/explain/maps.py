"""Small steps that several heatmaps share, on maps (B, h, w)."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.images.boxes import Box

GAUSS = (0.25, 0.5, 0.25)
"""Weights of a place and its neighbours, in each direction."""


def as_map(patches: Tensor) -> Tensor:
    """(B, h·w, D) -> (B, D, h, w)."""
    # len() would make a constant of the batch in the eyes of the exporter, which then traces everything a second time.
    grid = round(patches.shape[1] ** 0.5)
    return patches.transpose(1, 2).reshape(patches.shape[0], -1, grid, grid)


def on_one_grid(maps: Sequence[Tensor]) -> list[Tensor]:
    """Maps (B, D_i, h_i, w_i), brought to the size of the first."""
    size = maps[0].shape[2:]
    return [
        one if one.shape[2:] == size else F.interpolate(one, size=size, mode="bilinear", align_corners=False)
        for one in maps
    ]


def places_inside(boxes: Sequence[Box], size: tuple[int, int], grid: tuple[int, int]) -> Tensor:
    """Places of a ``grid`` (rows, columns) that touch a box on an image of ``size`` (width, height): True there."""
    inside = torch.zeros(grid, dtype=torch.bool)
    across, down = grid[1] / size[0], grid[0] / size[1]
    for xmin, ymin, xmax, ymax in boxes:
        top, left = max(0, int(ymin * down)), max(0, int(xmin * across))
        inside[top : math.ceil(ymax * down), left : math.ceil(xmax * across)] = True
    return inside


def standardise(maps: Tensor) -> Tensor:
    """Zero mean and unit deviation within each image of (B, h, w); an even map becomes 0."""
    centred = maps - maps.mean(dim=(1, 2), keepdim=True)
    deviation = centred.square().mean(dim=(1, 2), keepdim=True).sqrt()
    return centred / (deviation + 1e-5)


def smooth(maps: Tensor) -> Tensor:
    """Weighted mean over 3 × 3 places, (B, h, w) -> (B, h, w); beyond the border it is 0.

    On standardised maps 0 says nothing, so that a lone hot place at the border counts for less: a network that sees
    zeros beyond the border finds something unusual there in any image.
    """
    line = torch.tensor(GAUSS, device=maps.device)
    kernel = (line[:, None] * line).expand(1, 1, 3, 3)
    return F.conv2d(maps.unsqueeze(1), kernel, padding=1).squeeze(1)


def to_heat(evidence: Tensor) -> Tensor:
    """(B, h, w) signed evidence -> heat in [0, 1]: negative evidence is 0, the strongest place of each image is 1."""
    positive = evidence.clamp_min(0)
    return positive / positive.amax(dim=(1, 2), keepdim=True).clamp_min(1e-6)


def to_range(maps: Tensor) -> Tensor:
    """(B, h, w) scaled so that each image's values run from 0 to 1; an even map becomes 0."""
    low, high = maps.amin(dim=(1, 2), keepdim=True), maps.amax(dim=(1, 2), keepdim=True)
    return torch.where(high > low, (maps - low) / (high - low).clamp_min(1e-12), torch.zeros_like(maps))
