"""What a saliency head learns from implanted defects: where the mark is, and which two marks are the same."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.implants import ImplantedPairs
from micm_desktop.micm.network import ConvStem, Standardise
from micm_desktop.micm.saliency import WIDTH, SaliencyHead

MARKED_SHARE = 0.12
"""Share of a patch that a mark has to cover for the patch to count as marked."""
NOISE = 0.03
TEMPERATURE = 0.1
IGNORED_PATCHES = 3
"""Unmarked patches of each window, the most salient ones, that are not counted as wrong: unlabeled images hold real
defects too, and those must not be unlearned."""


class ImplantHeads(nn.Module):
    """The saliency head, and the projection of marked places that only its training needs."""

    def __init__(self, encoder: EncoderConfig) -> None:
        super().__init__()
        self.saliency = SaliencyHead(encoder.pyramid_channels)
        self.projection = nn.Sequential(nn.Linear(WIDTH, 256), Standardise(), nn.GELU(), nn.Linear(256, 128))


def implanted_windows(
    pairs: ImplantedPairs, encoder: EncoderConfig, size: int, seed: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Network input (2P, 3, size, size), normalised, with a little sensor noise, and the mark's share of each patch.

    ``size`` is a multiple of the patch size; the shares are (2P, h, w) in [0, 1].
    """
    generator = torch.Generator().manual_seed(seed)
    images = torch.from_numpy(pairs.windows).permute(0, 3, 1, 2).float()
    images = F.interpolate(images, size=(size, size), mode="bilinear", antialias=True, align_corners=False) / 255
    mean = torch.tensor(encoder.mean).view(1, 3, 1, 1)
    std = torch.tensor(encoder.std).view(1, 3, 1, 1)
    strength = NOISE * torch.rand(len(images), 1, 1, 1, generator=generator)
    noisy = (images - mean) / std + strength * torch.randn(images.shape, generator=generator)
    marked = torch.from_numpy(pairs.marked.astype(np.float32))
    grid = size // encoder.patch_size
    return noisy.to(device), F.adaptive_avg_pool2d(marked, (grid, grid)).to(device)


def implant_terms(stem: ConvStem, heads: ImplantHeads, windows: Tensor, shares: Tensor) -> dict[str, Tensor]:
    """The terms ``implant`` and ``saliency``, each a scalar, of what :func:`implanted_windows` gives.

    The stem gets no gradient.
    """
    with torch.no_grad():
        coarse, fine, finest = stem.pyramid(windows)
    described = heads.saliency.describe(finest, fine, coarse)
    logits = heads.saliency.answer(described).flatten(1)
    heads.saliency.patch_norm(torch.cat([F.avg_pool2d(fine, 2), coarse], dim=1).float())
    weights = shares / shares.sum(dim=(1, 2), keepdim=True).clamp_min(1e-6)
    places = (described * weights.unsqueeze(1)).sum(dim=(2, 3))
    first, second = F.normalize(heads.projection(places).float(), dim=1).chunk(2)
    marked = (shares > MARKED_SHARE).flatten(1)
    return {
        "implant": pair_loss(first, second, TEMPERATURE),
        "saliency": saliency_loss(logits.float(), marked, IGNORED_PATCHES),
    }


def pair_loss(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of finding each row's partner among all other rows (NT-Xent, Chen et al. 2020).

    first and second (P, E), L2-normalised, row by row the pairs -> scalar.
    """
    both = torch.cat([first, second])
    with torch.autocast(both.device.type, enabled=False):  # half precision has three digits
        similarity = both @ both.T / temperature
    similarity = similarity.masked_fill(torch.eye(len(both), dtype=torch.bool, device=both.device), -torch.inf)
    partner = torch.arange(len(both), device=both.device).roll(len(first))
    return F.cross_entropy(similarity, partner)


def saliency_loss(logits: Tensor, marked: Tensor, ignored: int) -> Tensor:
    """Binary cross-entropy, the mean over marked patches plus the mean over unmarked ones.

    logits (B, N), marked (B, N) bool -> scalar. Of each row the ``ignored`` unmarked patches with the highest logits
    do not count.
    """
    each = F.binary_cross_entropy_with_logits(logits, marked.to(logits.dtype), reduction="none")
    ranked = logits.detach().masked_fill(marked, -torch.inf)
    limit = ranked.topk(min(ignored + 1, ranked.shape[1]), dim=1).values[:, -1:]
    counted = ~marked & (ranked <= limit)
    hits = (each * marked).sum() / marked.sum().clamp_min(1)
    false = (each * counted).sum() / counted.sum().clamp_min(1)
    return hits + false
