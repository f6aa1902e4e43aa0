"""Class evidence: which places look like the tagged images of one class and not like those of the others.

Each patch is matched to the patches of the support images. The matching uses a stem's features, which keep their
place and their detail. Where a network has learned what is salient, that is added; else the class token's attention,
where the network was pretrained on the images at hand (docs/decisions/0005-heatmap.md has the figures). Before there
are tags, the map is that of the salient places, or the attention.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.explain.attention import attention_heat, telling, telling_attention
from micm_desktop.explain.maps import as_map, on_one_grid, places_inside, smooth, standardise, to_heat
from micm_desktop.fewshot.features import FeatureExtractor, read_prepared
from micm_desktop.images.boxes import Box
from micm_desktop.images.decode import UnreadableImage, decode_image
from micm_desktop.micm.network import Encoding
from micm_desktop.progress import UserError

T = TypeVar("T")

IMAGES_PER_CLASS = 8
NEIGHBOURS = 5
MARKED_SALIENCE = 0.5
"""Weight of what is salient for a class whose tags have marked regions: their ground is known then."""
LEAST_LOG_ODDS = -3.0
"""Of a defect at a place: about one in twenty. Below it, less likely is no less telling."""


@dataclass(frozen=True)
class PatchBank:
    """Patches of the support set: ``patches`` (C, M, D), centred on ``mean`` (D,) and L2-normalised.

    ``empty`` (C, M) is True where a class has fewer than M patches. Where regions are marked there is a row more, the
    ground outside them, which is a rival of every class. ``salience`` (C,): weight of what is salient, by class.
    """

    patches: Tensor
    empty: Tensor
    mean: Tensor
    salience: Tensor


def patch_map(encodings: Sequence[Encoding]) -> Tensor:
    """The features that patches are matched by, (B, D, h, w), on the grid of the first network that gives any.

    Standardised ones at two scales where a network knows what is salient; else the stems', or the tokens under the
    ``patch`` stem, of all networks in use.
    """
    known = [as_map(encoding.saliency.patches) for encoding in encodings if encoding.saliency is not None]
    stems = (encoding.stem if encoding.stem.shape[1] else as_map(encoding.patch_tokens) for encoding in encodings)
    return torch.cat(on_one_grid(known or list(stems)), dim=1)


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


def build_patch_bank(
    maps: Sequence[Sequence[Tensor]], inside: Sequence[Sequence[Tensor | None]] | None = None
) -> PatchBank:
    """``maps``: for each of C classes the (D, h, w) maps of its support. Raises UserError where a class has none.

    ``inside``: of each map, the places (h, w) in marked regions, True there; None where nothing is marked. Marks count
    for classes at least half of whose images have some: of these it is the marked images alone that are used.
    """
    if not all(maps):
        raise UserError("None of the images could be read. Check the files.")
    rows, ground, salience, every = [], [], [], []
    for index, of_class in enumerate(maps):
        marks = inside[index] if inside is not None else [None] * len(of_class)
        places = [one.flatten(1).T for one in of_class]
        marked = [(one, mark.flatten()) for one, mark in zip(places, marks, strict=True) if mark is not None]
        counts = len(marked) * 2 >= len(of_class)
        rows.append(torch.cat([one[mark] for one, mark in marked] if counts else places))
        ground += [one[~mark] for one, mark in marked] if counts else []
        every += [one for one, _ in marked] if counts else places
        salience.append(MARKED_SALIENCE if counts else 1.0)
    mean = torch.cat(every).mean(dim=0)
    longest = max(len(of_class) for of_class in rows)
    if sum(map(len, ground)):
        outside = torch.cat(ground)
        rows.append(outside[:: -(-len(outside) // longest)])
    patches = torch.zeros(len(rows), longest, len(mean))
    empty = torch.ones(len(rows), longest, dtype=torch.bool)
    for index, row in enumerate(rows):
        patches[index, : len(row)] = F.normalize(row - mean, dim=1)
        empty[index, : len(row)] = False
    return PatchBank(patches, empty, mean, torch.tensor(salience))


def patch_bank_of(
    extractor: FeatureExtractor,
    paths: Sequence[Sequence[Path]],
    boxes: Mapping[Path, Sequence[Box]] = MappingProxyType({}),
) -> PatchBank:
    """Bank of the support images ``paths`` of each of C classes, by their marked ``boxes`` where they have some;
    unreadable ones are passed over."""
    maps: list[list[Tensor]] = []
    inside: list[list[Tensor | None]] = []
    for of_class in paths:
        maps.append([])
        inside.append([])
        for path in chosen_for_bank(of_class):
            if (found := support_map(extractor, path)) is not None:
                maps[-1].append(found)
                marked = boxes.get(path)
                inside[-1].append(marks_on(found, marked, decode_image(path).shape[1::-1]) if marked else None)
    return build_patch_bank(maps, inside)


def marks_on(found: Tensor, boxes: Sequence[Box], size: tuple[int, int]) -> Tensor | None:
    """Places of a map (D, h, w) in ``boxes`` on an image of ``size`` (width, height): (h, w); None where none is."""
    inside = places_inside(boxes, size, (found.shape[1], found.shape[2]))
    return inside if inside.any() else None


def evidence_map(maps: Tensor, best: Tensor, patches: Tensor, empty: Tensor, mean: Tensor) -> Tensor:
    """Similarity of each patch to the class's support less that to the most similar other class: (B, h, w).

    maps (B, D, h, w) as of :func:`patch_map`; best (B,), the class; the rest as in :class:`PatchBank`. Similarity is
    the mean cosine to the nearest ``NEIGHBOURS`` support patches.
    """
    return evidence_for(similarity(maps, patches, empty, mean), best)


def similarity(maps: Tensor, patches: Tensor, empty: Tensor, mean: Tensor) -> Tensor:
    """Of each patch to the support of each class, (B, C, h, w); the arguments are those of :func:`evidence_map`."""
    batch, _, height, width = maps.shape
    queries = F.normalize(maps.flatten(2).transpose(1, 2) - mean, dim=2)
    # What is empty gets -1 by one more component: in a model file one plain product is far faster than an einsum and
    # a mask.
    rivals = torch.cat([patches, -empty.to(patches.dtype)[:, :, None]], dim=2).flatten(0, 1)
    cosines = (F.pad(queries, (0, 1), value=1.0) @ rivals.T).reshape(batch, -1, *empty.shape)
    nearest = cosines.topk(min(NEIGHBOURS, patches.shape[1]), dim=3).values.mean(dim=3)
    return nearest.transpose(1, 2).reshape(batch, -1, height, width)


def evidence_for(similar: Tensor, best: Tensor) -> Tensor:
    """What speaks for class ``best`` (B,), of :func:`similarity` (B, C, h, w) -> (B, h, w)."""
    is_best = F.one_hot(best, similar.shape[1]).to(torch.bool)[:, :, None, None]
    own = similar.masked_fill(~is_best, -2.0).amax(dim=1)
    return own - similar.masked_fill(is_best, -2.0).amax(dim=1)


def class_heat(
    extractor: FeatureExtractor, encodings: Sequence[Encoding], evidence: Tensor, salience: Tensor | None = None
) -> Tensor:
    """Heat in [0, 1] of a verdict: :func:`evidence_map` (B, h, w) with what the networks find telling -> (B, h, w).

    A standard deviation of evidence counts as much as e-fold odds of a defect (docs/decisions/0023-two-sizes.md), times
    ``salience`` (B,), that of the verdict's class in the :class:`PatchBank`. The encodings are made with ``heat``.
    """
    return to_heat(signed_heat(extractor, encodings, evidence, salience))


def signed_heat(
    extractor: FeatureExtractor, encodings: Sequence[Encoding], evidence: Tensor, salience: Tensor | None = None
) -> Tensor:
    """:func:`class_heat` before what speaks against the verdict is cut off, and before it is scaled: (B, h, w)."""
    heat = standardise(evidence)
    if (salient := _salient(encodings)) is not None:
        weighted = salient if salience is None else salience[:, None, None] * salient
        return smooth(heat + weighted)
    if (attention := telling_attention(extractor, encodings)) is not None:
        heat = heat + attention
    return heat


def untagged_heat(extractor: FeatureExtractor, encodings: Sequence[Encoding]) -> Tensor:
    """Heat (B, h, w) in [0, 1] that needs no tag: the salient places, or the attention where none has learned them."""
    salient = _salient(encodings)
    return attention_heat(telling(extractor, encodings)) if salient is None else to_heat(smooth(salient))


def defect_log_odds(encodings: Sequence[Encoding]) -> Tensor | None:
    """Log-odds of a defect at each place, by the networks that have learned it: (B, h, w), or None where none has.

    The mean over networks, and over the image and the image at half its size where the encodings hold both.
    """
    known = [one.saliency for one in encodings if one.saliency is not None]
    logits = [one.logits for one in known] + [one.half for one in known if one.half is not None]
    maps = on_one_grid([as_map(one.unsqueeze(2)) for one in logits]) if logits else []
    return torch.cat(maps, dim=1).mean(dim=1) if maps else None


def _salient(encodings: Sequence[Encoding]) -> Tensor | None:
    """:func:`defect_log_odds` from ``LEAST_LOG_ODDS`` up, less their mean in each image."""
    log_odds = defect_log_odds(encodings)
    if log_odds is None:
        return None
    likely = log_odds.clamp_min(LEAST_LOG_ODDS)
    return likely - likely.mean(dim=(1, 2), keepdim=True)
