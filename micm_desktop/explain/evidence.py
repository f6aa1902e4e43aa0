"""Class evidence: which places look like the tagged images of one class and not like those of the others.

Each patch is matched to the patches of the support images. The matching uses the stem's features, which keep their
place and their detail; where the encoder was pretrained on the images at hand, the class token's attention says as well
which places matter, and both are added (docs/decisions/0005-heatmap.md has the figures).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.preprocess import prepare
from micm_desktop.progress import UserError

T = TypeVar("T")

IMAGES_PER_CLASS = 8
NEIGHBOURS = 5


@dataclass(frozen=True)
class PatchBank:
    """Patches of the support set: ``patches`` (C, M, D), centred on ``mean`` (D,) and L2-normalised.

    ``empty`` (C, M) is True where a class has fewer than M patches.
    """

    patches: Tensor
    empty: Tensor
    mean: Tensor


def patch_map(encoding: Encoding) -> Tensor:
    """The features that patches are matched by, (B, D, h, w): the stem's, or the tokens under the ``patch`` stem."""
    if encoding.stem.shape[1]:
        return encoding.stem
    grid = round(encoding.patch_tokens.shape[1] ** 0.5)
    return encoding.patch_tokens.transpose(1, 2).reshape(len(encoding.patch_tokens), -1, grid, grid)


def support_map(network: MicmNetwork, path: Path) -> Tensor | None:
    """The :func:`patch_map` of one image file, (D, h, w); None where it cannot be read."""
    image = try_decode(path)
    if isinstance(image, UnreadableImage):
        return None
    with torch.inference_mode():
        return patch_map(network.encode(prepare(torch.from_numpy(image)[None], network.config)))[0]


def chosen_for_bank(images: Sequence[T]) -> list[T]:
    """At most ``IMAGES_PER_CLASS`` of a class's support images, spread evenly: enough to match with, and quick."""
    step = max(1, -(-len(images) // IMAGES_PER_CLASS))
    return list(images[::step])


def build_patch_bank(maps: Sequence[Sequence[Tensor]]) -> PatchBank:
    """``maps``: for each of C classes the (D, h, w) maps of its support. Raises UserError where a class has none."""
    if not all(maps):
        raise UserError("None of the images could be read. Check the files.")
    rows = [torch.cat([one.flatten(1).T for one in of_class]) for of_class in maps]
    mean = torch.cat(rows).mean(dim=0)
    longest = max(len(of_class) for of_class in rows)
    patches = torch.zeros(len(rows), longest, len(mean))
    empty = torch.ones(len(rows), longest, dtype=torch.bool)
    for index, of_class in enumerate(rows):
        patches[index, : len(of_class)] = F.normalize(of_class - mean, dim=1)
        empty[index, : len(of_class)] = False
    return PatchBank(patches, empty, mean)


def patch_bank_of(network: MicmNetwork, paths: Sequence[Sequence[Path]]) -> PatchBank:
    """Bank of the support images ``paths`` of each of C classes; unreadable ones are passed over."""
    maps = [[support_map(network, path) for path in chosen_for_bank(of_class)] for of_class in paths]
    return build_patch_bank([[one for one in of_class if one is not None] for of_class in maps])


def evidence_map(maps: Tensor, best: Tensor, patches: Tensor, empty: Tensor, mean: Tensor) -> Tensor:
    """Similarity of each patch to the class's support less that to the most similar other class: (B, h, w).

    maps (B, D, h, w) as of :func:`patch_map`; best (B,), the class; the rest as in :class:`PatchBank`. Similarity is
    the mean cosine to the nearest ``NEIGHBOURS`` support patches.
    """
    batch, _, height, width = maps.shape
    queries = F.normalize(maps.flatten(2).transpose(1, 2) - mean, dim=2)
    cosines = torch.einsum("bnd,cmd->bcnm", queries, patches).masked_fill(empty[None, :, None], -1.0)
    nearest = cosines.topk(min(NEIGHBOURS, patches.shape[1]), dim=3).values.mean(dim=3)
    is_best = F.one_hot(best, patches.shape[0]).to(torch.bool).unsqueeze(2)
    own = nearest.masked_fill(~is_best, -2.0).amax(dim=1)
    rival = nearest.masked_fill(is_best, -2.0).amax(dim=1)
    return (own - rival).reshape(batch, height, width)


def attention_weight(training: Mapping[str, Any]) -> float:
    """How much the attention counts beside the evidence, 0 or 1, by an encoder's training summary.

    An encoder that never saw images of the user's attends to what was salient elsewhere: its attention says nothing.
    """
    return 1.0 if training.get("steps") and "surfaces" not in training else 0.0


def standardise(maps: Tensor) -> Tensor:
    """Zero mean and unit deviation within each image of (B, h, w); an even map becomes 0."""
    centred = maps - maps.mean(dim=(1, 2), keepdim=True)
    deviation = centred.square().mean(dim=(1, 2), keepdim=True).sqrt()
    return centred / (deviation + 1e-5)


def to_heat(evidence: Tensor) -> Tensor:
    """(B, h, w) signed evidence -> heat in [0, 1]: negative evidence is 0, the strongest place of each image is 1."""
    positive = evidence.clamp_min(0)
    return positive / positive.amax(dim=(1, 2), keepdim=True).clamp_min(1e-6)


def attention_heat(attention: Tensor) -> Tensor:
    """Mean over heads of (B, heads, N), scaled to [0, 1] within each image -> (B, h, w)."""
    mean = mean_attention(attention)
    low, high = mean.amin(dim=(1, 2), keepdim=True), mean.amax(dim=(1, 2), keepdim=True)
    return torch.where(high > low, (mean - low) / (high - low).clamp_min(1e-12), torch.zeros_like(mean))


def mean_attention(attention: Tensor) -> Tensor:
    """Mean over heads of (B, heads, N), laid out as the grid: (B, h, w)."""
    grid = round(attention.shape[2] ** 0.5)
    return attention.mean(dim=1).reshape(-1, grid, grid)
