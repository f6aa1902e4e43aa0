"""Class evidence: which places look like the tagged images of one class and not like those of the others.

Each patch is matched to the patches of the support images. The matching uses a stem's features, which keep their
place and their detail. Where a network has learned what is salient, that is added; else the class token's attention,
where the network was pretrained on the images at hand (docs/decisions/0005-heatmap.md has the figures). Before there
are tags, the map is that of the salient places, or the attention.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.fewshot.features import FeatureExtractor, read_prepared
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.micm.network import Encoding
from micm_desktop.micm.saliency import Saliency
from micm_desktop.progress import UserError

T = TypeVar("T")

IMAGES_PER_CLASS = 8
NEIGHBOURS = 5
SALIENCY_WEIGHT = 0.5
"""Weight of the salient places beside the evidence."""


@dataclass(frozen=True)
class PatchBank:
    """Patches of the support set: ``patches`` (C, M, D), centred on ``mean`` (D,) and L2-normalised.

    ``empty`` (C, M) is True where a class has fewer than M patches.
    """

    patches: Tensor
    empty: Tensor
    mean: Tensor


def patch_map(encodings: Sequence[Encoding]) -> Tensor:
    """The features that patches are matched by, (B, D, h, w), on the grid of the first network that gives any.

    Standardised ones at two scales where a network knows what is salient; else the stems', or the tokens under the
    ``patch`` stem, of all networks in use.
    """
    known = [_as_map(encoding.saliency.patches) for encoding in encodings if encoding.saliency is not None]
    stems = (encoding.stem if encoding.stem.shape[1] else _as_map(encoding.patch_tokens) for encoding in encodings)
    return torch.cat(_on_one_grid(known or list(stems)), dim=1)


def _as_map(patches: Tensor) -> Tensor:
    """(B, h·w, D) -> (B, D, h, w)."""
    # len() would make a constant of the batch in the eyes of the exporter, which then traces everything a second time.
    grid = round(patches.shape[1] ** 0.5)
    return patches.transpose(1, 2).reshape(patches.shape[0], -1, grid, grid)


def _on_one_grid(maps: Sequence[Tensor]) -> list[Tensor]:
    """Maps (B, D_i, h_i, w_i), brought to the size of the first."""
    size = maps[0].shape[2:]
    return [
        one if one.shape[2:] == size else F.interpolate(one, size=size, mode="bilinear", align_corners=False)
        for one in maps
    ]


def support_map(extractor: FeatureExtractor, path: Path) -> Tensor | None:
    """The :func:`patch_map` of one image file, (D, h, w); None where it cannot be read."""
    inputs = read_prepared(extractor, path)
    if isinstance(inputs, UnreadableImage):
        return None
    with torch.inference_mode():
        return patch_map(extractor.encode(inputs))[0]


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


def patch_bank_of(extractor: FeatureExtractor, paths: Sequence[Sequence[Path]]) -> PatchBank:
    """Bank of the support images ``paths`` of each of C classes; unreadable ones are passed over."""
    maps = [[support_map(extractor, path) for path in chosen_for_bank(of_class)] for of_class in paths]
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


def class_heat(extractor: FeatureExtractor, encodings: Sequence[Encoding], evidence: Tensor) -> Tensor:
    """Heat in [0, 1] of a verdict: :func:`evidence_map` (B, h, w) with what the networks find telling -> (B, h, w)."""
    heat = standardise(evidence)
    if (salient := _salient_places(encodings)) is not None:
        return to_heat(smooth(heat + SALIENCY_WEIGHT * salient).squeeze(1))
    if (attention := telling_attention(extractor, encodings)) is not None:
        heat = heat + attention
    return to_heat(heat)


def telling_attention(extractor: FeatureExtractor, encodings: Sequence[Encoding]) -> Tensor | None:
    """Standardised attention of the networks that were pretrained on images of the user's: (B, h, w), or None.

    A network that never saw them attends to what was salient elsewhere: its attention says nothing.
    """
    pairs = zip(extractor.branches, encodings, strict=True)
    maps = [standardise(mean_attention(one.attention)).unsqueeze(1) for branch, one in pairs if branch.attention_tells]
    return torch.stack(_on_one_grid(maps)).mean(dim=0).squeeze(1) if maps else None


def standardise(maps: Tensor) -> Tensor:
    """Zero mean and unit deviation within each image of (B, h, w); an even map becomes 0."""
    centred = maps - maps.mean(dim=(1, 2), keepdim=True)
    deviation = centred.square().mean(dim=(1, 2), keepdim=True).sqrt()
    return centred / (deviation + 1e-5)


def to_heat(evidence: Tensor) -> Tensor:
    """(B, h, w) signed evidence -> heat in [0, 1]: negative evidence is 0, the strongest place of each image is 1."""
    positive = evidence.clamp_min(0)
    return positive / positive.amax(dim=(1, 2), keepdim=True).clamp_min(1e-6)


def untagged_heat(encodings: Sequence[Encoding]) -> Tensor:
    """Heat (B, h, w) in [0, 1] that needs no tag: the salient places, or the attention where none has learned them."""
    salient = _salient_places(encodings)
    return attention_heat(encodings) if salient is None else to_heat(salient)


def _salient_places(encodings: Sequence[Encoding]) -> Tensor | None:
    """Standardised mean of the smoothed saliency maps, (B, h, w); None where no network has learned it."""
    maps = [smooth(saliency_map(encoding.saliency)) for encoding in encodings if encoding.saliency is not None]
    return standardise(torch.cat(_on_one_grid(maps), dim=1).mean(dim=1)) if maps else None


def saliency_map(saliency: Saliency) -> Tensor:
    """How likely a defect is at each place: (B, h, w) in [0, 1]."""
    grid = round(saliency.logits.shape[1] ** 0.5)
    return saliency.logits.sigmoid().reshape(-1, grid, grid)


def smooth(maps: Tensor) -> Tensor:
    """Mean over 3 × 3 places, fewer at the border: (B, h, w) -> (B, 1, h, w)."""
    return F.avg_pool2d(maps.unsqueeze(1), 3, stride=1, padding=1, count_include_pad=False)


def attention_heat(encodings: Sequence[Encoding]) -> Tensor:
    """Attention of the class token, mean over heads and networks, scaled to [0, 1] within each image -> (B, h, w)."""
    maps = [mean_attention(encoding.attention).unsqueeze(1) for encoding in encodings]
    mean = torch.cat(_on_one_grid(maps), dim=1).mean(dim=1)
    low, high = mean.amin(dim=(1, 2), keepdim=True), mean.amax(dim=(1, 2), keepdim=True)
    return torch.where(high > low, (mean - low) / (high - low).clamp_min(1e-12), torch.zeros_like(mean))


def mean_attention(attention: Tensor) -> Tensor:
    """Mean over heads of (B, heads, N), laid out as the grid: (B, h, w)."""
    grid = round(attention.shape[2] ** 0.5)
    return attention.mean(dim=1).reshape(-1, grid, grid)
