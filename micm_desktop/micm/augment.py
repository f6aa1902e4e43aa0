"""Multi-crop views, drawn for a whole batch at once on the device that holds it.

DINO's recipe (arXiv:2104.14294), changed for factory images: vertical flips and right-angle rotations, no hue change
(a colour may be the defect).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Share:
    """Part ``number`` of a batch that is cut into ``of`` equal parts."""

    number: int = 0
    of: int = 1

    def rows(self, count: int) -> slice:
        """This part's rows of ``count``, a multiple of ``of``."""
        size = count // self.of
        return slice(self.number * size, (self.number + 1) * size)

    def draw(self, numbers: Callable[[int], Tensor], count: int) -> Tensor:
        """``count`` random numbers, those that this part's rows get where the whole batch draws them."""
        return numbers(count * self.of)[self.rows(count * self.of)]


WHOLE = Share()


def crop_views(
    images: Tensor,
    size: int,
    scale: tuple[float, float],
    generator: torch.Generator,
    *,
    right_angle_rotations: bool = True,
    share: Share = WHOLE,
) -> Tensor:
    """One random crop of each image, flipped and turned. images (B, 3, S, S) in [0, 1] -> (B, 3, size, size).

    ``images`` are the ``share`` of a batch, and get what the whole batch would give them.

    ``scale`` is the share of the area that a crop keeps; its aspect ratio is drawn from 3:4 to 4:3, as far as the
    image lets a crop of that area have it.
    """
    batch = len(images)

    def uniform(low: float, high: float) -> Tensor:
        return share.draw(lambda count: torch.rand(count, generator=generator), batch) * (high - low) + low

    area = uniform(*scale)
    aspect = uniform(math.log(3 / 4), math.log(4 / 3)).exp().clamp(area, 1 / area)
    width = (area * aspect).sqrt().clamp_max(1.0)
    height = (area / aspect).sqrt().clamp_max(1.0)
    center_x = uniform(-1, 1) * (1 - width)
    center_y = uniform(-1, 1) * (1 - height)
    turns = 4 if right_angle_rotations else 1
    quarter = share.draw(lambda count: torch.randint(turns, (count,), generator=generator), batch) * (math.pi / 2)
    flip_x = share.draw(lambda count: torch.randint(2, (count,), generator=generator), batch) * 2.0 - 1
    cos, sin = quarter.cos().round(), quarter.sin().round()
    theta = torch.stack(
        [
            torch.stack([cos * width * flip_x, -sin * width, center_x], dim=1),
            torch.stack([sin * height * flip_x, cos * height, center_y], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(theta.to(images), [batch, 3, size, size], align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def jitter(
    views: Tensor,
    generator: torch.Generator,
    *,
    strength: float = 0.3,
    grayscale: float = 0.2,
    blur: float = 0.3,
    solarize: float = 0.0,
    share: Share = WHOLE,
) -> Tensor:
    """Brightness, contrast and saturation within ± ``strength``; then, each with its probability, grayscale, Gaussian
    blur and solarize. views (B, 3, H, W) in [0, 1] -> the same shape, clipped to [0, 1]. ``share`` as in
    :func:`crop_views`.
    """
    batch = len(views)

    def per_image(values: Tensor) -> Tensor:
        return values.view(batch, 1, 1, 1).to(views)

    def rand() -> Tensor:
        return share.draw(lambda count: torch.rand(count, generator=generator), batch)

    def factor() -> Tensor:
        return per_image(1 + (rand() * 2 - 1) * strength)

    def chosen(probability: float) -> Tensor:
        return per_image((rand() < probability).float())

    views = views * factor()
    mean = views.mean(dim=(1, 2, 3), keepdim=True)
    views = (views - mean) * factor() + mean
    gray = (views * views.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
    views = gray + (views - gray) * (factor() * (1 - chosen(grayscale)))
    if blur > 0:
        # Only those that are blurred at all: most of the time of all augmentation goes here.
        rows = (rand() < blur).nonzero().flatten()
        amount = per_image(rand())[rows]
        views[rows] = torch.lerp(views[rows], _gaussian_blur(views[rows]), amount)
    views = views.clamp(0, 1)
    if solarize > 0:
        views = torch.where((chosen(solarize) > 0) & (views > 0.5), 1 - views, views)
    return views


def _gaussian_blur(views: Tensor, sigma: float = 1.5, radius: int = 3) -> Tensor:
    offsets = torch.arange(-radius, radius + 1, device=views.device, dtype=views.dtype)
    kernel = (-(offsets**2) / (2 * sigma**2)).exp()
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1).expand(views.shape[1], 1, 1, -1)
    padded = F.pad(views, (radius, radius, radius, radius), mode="reflect")
    rows = F.conv2d(padded, kernel, groups=views.shape[1])
    return F.conv2d(rows, kernel.transpose(2, 3), groups=views.shape[1])
