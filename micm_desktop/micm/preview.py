"""A look at what a run has learned: a few images with hidden parts, what the teacher rebuilds there, where it looks."""

import time

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.device import autocast, to_device
from micm_desktop.micm.events import Preview
from micm_desktop.micm.losses import patchify
from micm_desktop.micm.masking import block_mask
from micm_desktop.micm.micro_batch import is_out_of_memory
from micm_desktop.micm.preprocess import prepare
from micm_desktop.micm.step import PretrainNetwork
from micm_desktop.micm.training_state import TrainingState

MOST_OF_THE_TIME = 0.01
"""Share of the time of training that previews take at most."""
SECONDS_BETWEEN = 5.0
STREAM = 7
"""Number of the previews' own random draws."""


class Previewer:
    """Makes a preview of the same images, with the same parts hidden, now and then. It changes nothing in training."""

    def __init__(self, cache: PixelCache, encoder: EncoderConfig, config: PretrainConfig, count: int) -> None:
        """Looks at ``count`` images or as many as there are, spread evenly over ``cache``, which must be filled."""
        kept = len(cache.pixels)
        count = min(count, kept)
        self._pixels = torch.from_numpy(cache.rows(np.arange(count) * kept // max(1, count)))
        grid = config.crop_size // encoder.patch_size
        self._hidden = hidden_patches(count, grid, config.mask_ratio, config.seed)
        self._config = config
        self._made_at = -float("inf")
        self._cost = 0.0
        self._off = count == 0 or not learns_to_rebuild(config)

    def is_due(self, elapsed: float) -> bool:
        """Whether there should be a new one after ``elapsed`` seconds of training."""
        return not self._off and elapsed - self._made_at >= seconds_between(self._cost)

    def make(self, state: TrainingState, device: torch.device) -> Preview | None:
        """What the teacher makes of the images now; None, from then on too, where the memory is too small for it."""
        began = time.perf_counter()
        hidden = torch.from_numpy(self._hidden.reshape(len(self._hidden), -1))
        try:
            at_once = state.micro_batch or len(hidden)
            originals, rebuilt = rebuild(state.teacher, self._pixels, hidden, self._config, device, at_once)
            attention = attend(state.teacher, self._pixels, self._config, device, at_once)
        except RuntimeError as problem:
            if not is_out_of_memory(problem):
                raise
            self._off = True
            return None
        self._made_at = state.elapsed
        self._cost = time.perf_counter() - began
        return Preview(state.step, originals, self._hidden, rebuilt, attention)


def seconds_between(cost: float) -> float:
    """Seconds of training from one preview to the next, where one takes ``cost`` seconds."""
    return max(SECONDS_BETWEEN, cost / MOST_OF_THE_TIME)


def learns_to_rebuild(config: PretrainConfig) -> bool:
    """Whether a run trains the pixel head at all."""
    return config.lambda_pixel > 0 and config.mask_ratio > 0 and config.mask_probability > 0


def hidden_patches(count: int, grid: int, ratio: float, seed: int) -> npt.NDArray[np.bool_]:
    """(count, grid, grid), True for ``ratio`` of each image's patches, one at least; the same for the same seed."""
    rng = np.random.default_rng((seed, STREAM))
    hidden = max(1, round(ratio * grid * grid))
    return np.stack([block_mask(grid, hidden, rng) for _ in range(count)]) if count else np.empty((0, grid, grid), bool)


@torch.no_grad()
def rebuild(
    teacher: PretrainNetwork,
    pixels: Tensor,
    hidden: Tensor,
    config: PretrainConfig,
    device: torch.device,
    at_once: int,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Images at the size of a crop, and the same with their hidden patches rebuilt: (K, S, S, 3) uint8 each.

    pixels (K, H, W, 3) uint8, hidden (K, N) bool; ``at_once`` of them pass the network together.
    """
    encoder = teacher.network.config.for_size(config.crop_size)
    originals, rebuilt = [], []
    for some, mask in zip(torch.split(pixels, at_once), torch.split(hidden, at_once), strict=True):
        images, mask = prepare(to_device(some, device), encoder), mask.to(device)
        with autocast(device, config.half_precision):
            imagined = teacher.pixel_head(teacher.network(images, mask).patch_tokens)
        seen = patchify(images, encoder.patch_size)
        whole = torch.where(mask.unsqueeze(2), imagined.float(), seen)
        originals.append(to_pixels(images, encoder))
        rebuilt.append(to_pixels(unpatchify(whole, encoder.grid, encoder.patch_size), encoder))
    return np.concatenate(originals), np.concatenate(rebuilt)


@torch.no_grad()
def attend(
    teacher: PretrainNetwork, pixels: Tensor, config: PretrainConfig, device: torch.device, at_once: int
) -> npt.NDArray[np.float32]:
    """Where the class token looks in whole images, mean over the heads: (K, h, w), each summing to 1.

    pixels (K, H, W, 3) uint8; ``at_once`` of them pass the network together. What is no number, as after a collapse,
    is 0.
    """
    encoder = teacher.network.config.for_size(config.crop_size)
    found = []
    for some in torch.split(pixels, at_once):
        with autocast(device, config.half_precision):
            attention = teacher.network.encode(prepare(to_device(some, device), encoder)).attention
        mean = torch.nan_to_num(attention.float().mean(dim=1), posinf=0.0, neginf=0.0)
        found.append(mean.reshape(-1, encoder.grid, encoder.grid).cpu().numpy())
    return np.concatenate(found)


def unpatchify(patches: Tensor, grid: int, patch_size: int) -> Tensor:
    """Undoes :func:`patchify`: (B, grid², 3·p²) -> (B, 3, grid·p, grid·p)."""
    blocks = patches.reshape(-1, grid, grid, 3, patch_size, patch_size)
    return blocks.permute(0, 3, 1, 4, 2, 5).reshape(-1, 3, grid * patch_size, grid * patch_size)


def to_pixels(images: Tensor, config: EncoderConfig) -> npt.NDArray[np.uint8]:
    """Undoes the normalisation: (B, 3, H, W) -> (B, H, W, 3) uint8. What lies outside of a picture's range is cut
    off, and what is no number, as after a collapse, is black."""
    mean, std = (images.new_tensor(values).view(1, 3, 1, 1) for values in (config.mean, config.std))
    values = torch.nan_to_num((images * std + mean) * 255).clamp(0, 255).round().to(torch.uint8)
    return values.permute(0, 2, 3, 1).contiguous().cpu().numpy()
