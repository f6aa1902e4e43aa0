"""Patches pooled by how rare they are among the unlabeled images: a defect is rare, the layout of a product is not.

A patch is as rare as it is unlike its nearest neighbours in a bank of patches drawn from other images. The rarer a
patch, the more it counts in the pooled feature; the map of rarities is also a heatmap that needs no label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.fewshot.embedding import part_sizes
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.checkpoint import read_tensors, write_tensors
from micm_desktop.micm.encoder_file import FORMAT_VERSION
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.preprocess import prepare
from micm_desktop.progress import JobControl, Progress, UserError

BANK_SIZE = 6000
BANK_IMAGES = 300
NEIGHBOURS = 5
SHARPNESS = 2.0
"""A patch one standard deviation rarer than another of its image counts exp(2) times as much."""
STATISTICS_FORMAT = "micm-patch-statistics"


@dataclass(frozen=True)
class PatchStatistics:
    """What a set of images has in common, patch by patch; patches have D channels.

    ``mean`` and ``std`` (D,) are of each channel over the set. ``bank`` (M, D) holds patches drawn evenly from it,
    standardised and of length 1.
    """

    mean: Tensor
    std: Tensor
    bank: Tensor


class RarityPool(nn.Module):
    """Pools the patches of images by their rarity. All it needs is constant, so that a model file can hold it."""

    mean: Tensor
    std: Tensor
    bank: Tensor

    def __init__(self, statistics: PatchStatistics) -> None:
        super().__init__()
        self.register_buffer("mean", statistics.mean)
        self.register_buffer("std", statistics.std)
        self.register_buffer("bank", statistics.bank)

    def forward(self, encoding: Encoding) -> Tensor:
        """Weighted mean of each image's standardised patches: (B, D); by saliency where the network has learned it."""
        if encoding.saliency is not None:
            return encoding.saliency.pooled()
        patches = self._standardised(encoding)
        weights = rarity_weights(rarity(patches, self.bank))
        return (weights.unsqueeze(2) * patches).sum(dim=1)

    def rarity_map(self, encoding: Encoding) -> Tensor:
        """Rarity of each place, (B, h, w) in [0, 2]; in [0, 1] by saliency where the network has learned it."""
        if encoding.saliency is not None:
            found = encoding.saliency.logits.sigmoid()
        else:
            found = rarity(self._standardised(encoding), self.bank)
        grid = round(found.shape[1] ** 0.5)
        return found.reshape(-1, grid, grid)

    def _standardised(self, encoding: Encoding) -> Tensor:
        return standardised(patch_vectors(encoding), self.mean, self.std)


def patch_vectors(encoding: Encoding) -> Tensor:
    """The patches that rarity is about, (B, N, D).

    The stem's maps at stride 8, averaged onto the grid of stride 16, beside those at stride 16; patch tokens under the
    ``patch`` stem, which has no maps.
    """
    if not encoding.stem.shape[1]:
        return encoding.patch_tokens
    return torch.cat([F.avg_pool2d(encoding.fine, 2), encoding.stem], dim=1).flatten(2).transpose(1, 2)


def standardised(patches: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Each channel less ``mean`` (D,), divided by ``std`` (D,), then each patch brought to length 1: (..., D)."""
    return F.normalize((patches - mean) / std, dim=-1)


def rarity(patches: Tensor, bank: Tensor) -> Tensor:
    """Mean cosine distance to the nearest ``NEIGHBOURS`` of ``bank``: in [0, 2].

    patches (B, N, D) and bank (M, D) of length 1 -> (B, N).
    """
    cosines = patches @ bank.T
    return 1 - cosines.topk(min(NEIGHBOURS, len(bank)), dim=2).values.mean(dim=2)


def rarity_weights(scores: Tensor) -> Tensor:
    """Softmax of the scores (B, N), standardised within each image, times ``SHARPNESS``: rows sum to 1."""
    centred = scores - scores.mean(dim=1, keepdim=True)
    deviation = centred.square().mean(dim=1, keepdim=True).sqrt()
    return (SHARPNESS * centred / (deviation + 1e-5)).softmax(dim=1)


def fit_patch_statistics(
    network: MicmNetwork, paths: Sequence[Path], control: JobControl, *, seed: int = 0
) -> Iterator[Progress | PatchStatistics]:
    """Statistics of at most ``BANK_IMAGES`` of ``paths``, evenly over all; the last value is the result.

    The same paths and seed give the same result. A network that has learned what is salient is not asked for what is
    rare: its statistics are empty, and no image is read. Raises UserError where none can be read, and Cancelled.
    """
    size = part_sizes(network.config)["rare"]
    if network.config.saliency:
        yield PatchStatistics(torch.zeros(size), torch.ones(size), torch.zeros(1, size))
        return
    count = min(len(paths), BANK_IMAGES)
    chosen = [paths[index * len(paths) // count] for index in range(count)]
    per_image = -(-BANK_SIZE // max(1, count))
    generator = torch.Generator().manual_seed(seed)
    total, squares, seen = np.zeros(size), np.zeros(size), 0
    drawn: list[Tensor] = []
    yield Progress(0, count)
    for done, path in enumerate(chosen, 1):
        control.safe_point()
        if (patches := _patches_of(network, path)) is not None:
            values = patches.double().numpy()
            total += values.sum(axis=0)
            squares += np.square(values).sum(axis=0)
            seen += len(values)
            drawn.append(patches[torch.randperm(len(patches), generator=generator)[:per_image]])
        yield Progress(done, count)
    if not drawn:
        raise UserError("None of the images could be read. Check the files.")
    mean = total / seen
    deviation = np.sqrt(np.maximum(squares / seen - np.square(mean), 0))
    # A channel that is the same everywhere says nothing, but is not to be divided by zero either.
    std = torch.from_numpy(np.maximum(deviation, 1e-4)).float()
    centre = torch.from_numpy(mean).float()
    bank = torch.cat(drawn)
    bank = bank[torch.arange(min(len(bank), BANK_SIZE)) * len(bank) // min(len(bank), BANK_SIZE)]
    yield PatchStatistics(centre, std, standardised(bank, centre, std))


@torch.inference_mode()
def _patches_of(network: MicmNetwork, path: Path) -> Tensor | None:
    image = try_decode(path)
    if isinstance(image, UnreadableImage):
        return None
    device = next(network.parameters()).device
    pixels = prepare(torch.from_numpy(image).unsqueeze(0).to(device), network.config)
    encoding = network.encode(pixels, tokens=network.config.stem == "patch")
    return patch_vectors(encoding)[0].float().cpu().clone()


def save_statistics(path: Path, statistics: Sequence[PatchStatistics]) -> None:
    """Write the statistics of an encoder's networks as safetensors. Raises OSError where the disk refuses."""
    tensors = {
        f"{index}.{name}": value
        for index, one in enumerate(statistics)
        for name, value in (("mean", one.mean), ("std", one.std), ("bank", one.bank))
    }
    write_tensors(path, tensors, {"format": STATISTICS_FORMAT, "format_version": str(FORMAT_VERSION)})


def load_statistics(path: Path) -> tuple[PatchStatistics, ...]:
    """What :func:`save_statistics` wrote. Raises UserError where the file is missing, broken, newer, or not ours."""
    tensors, _ = read_tensors(path, STATISTICS_FORMAT)
    try:
        return tuple(
            PatchStatistics(*(tensors[f"{index}.{name}"] for name in ("mean", "std", "bank")))
            for index in range(len(tensors) // 3)
        )
    except KeyError as problem:
        raise UserError(f"{path} is damaged: {problem} is missing.") from problem
