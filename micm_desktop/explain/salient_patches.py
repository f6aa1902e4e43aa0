"""The most salient patches of images, which the classifier ``local`` compares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.explain.evidence import patch_map
from micm_desktop.explain.maps import places_inside, standardise
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder
from micm_desktop.fewshot.local import PATCHES, LocalHead, Patches, join
from micm_desktop.images.boxes import Box
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.network import Encoding
from micm_desktop.progress import JobControl, Progress, UserError

OUTSIDE = -1e4
"""Logit of a place outside the marked regions."""


def salience(encodings: Sequence[Encoding], maps: Tensor) -> Tensor:
    """How telling each place of ``maps`` (B, D, h, w) is, as logits (B, h·w).

    What the networks have learned to be salient; where none has, how far a place is from the mean of its image.
    """
    size = maps.shape[2:]
    found = []
    for encoding in encodings:
        if encoding.saliency is not None:
            edge = round(encoding.saliency.logits.shape[1] ** 0.5)
            logits = encoding.saliency.logits.reshape(-1, 1, edge, edge)
            found.append(F.interpolate(logits, size=size, mode="bilinear", align_corners=False))
    if found:
        return torch.cat(found, dim=1).mean(dim=1).flatten(1)
    centred = maps - maps.mean(dim=(2, 3), keepdim=True)
    return standardise(centred.norm(dim=1)).flatten(1)


def most_salient(maps: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
    """The ``PATCHES`` most salient patches: maps (B, D, h, w), logits (B, h·w) -> values (B, M, D), weights (B, M)."""
    patches = maps.flatten(2).transpose(1, 2)
    top = logits.topk(min(PATCHES, logits.shape[1]), dim=1)
    values = patches.gather(1, top.indices.unsqueeze(2).expand(-1, -1, patches.shape[2]))
    weights = top.values.softmax(dim=1).masked_fill(top.values < OUTSIDE / 2, 0.0)
    missing = PATCHES - weights.shape[1]
    return F.pad(values, (0, 0, 0, missing)), F.pad(weights, (0, missing))


class LocalScores(nn.Module):
    """:meth:`LocalHead.local_scores` times its share, in torch."""

    bank: Tensor
    there: Tensor
    mean: Tensor
    counts: Tensor

    def __init__(self, head: LocalHead) -> None:
        super().__init__()
        self.share = head.share
        there = torch.from_numpy(head.weights > 0)
        self.register_buffer("bank", torch.from_numpy(head.bank))
        self.register_buffer("there", there)
        self.register_buffer("mean", torch.from_numpy(head.patch_mean))
        self.register_buffer("counts", there.any(dim=2).sum(dim=1).clamp_min(1))

    def forward(self, encodings: Sequence[Encoding], maps: Tensor) -> Tensor:
        """Encodings of B images and their :func:`patch_map` -> (B, C)."""
        values, weights = most_salient(maps, salience(encodings, maps))
        cosines = torch.einsum("bmd,cikd->bmcik", F.normalize(values - self.mean, dim=2), self.bank)
        nearest = cosines.masked_fill(~self.there, -1.0).amax(dim=4)
        likeness = (weights[:, :, None, None] * nearest).sum(dim=1)
        scores = (likeness * self.there.any(dim=2)).sum(dim=2) / self.counts
        return self.share * (scores - scores.mean(dim=1, keepdim=True))


def patches_of(
    extractor: FeatureExtractor, inputs: Sequence[Tensor], boxes: Sequence[Box], size: tuple[int, int]
) -> tuple[Patches, Patches]:
    """Of one image by the networks' inputs: its patches as a query, and as a tagged image with marked ``boxes``.

    ``size`` is the image's width and height. Without boxes both are the same.
    """
    with torch.inference_mode():
        encodings = extractor.encode(inputs)
        maps = patch_map(encodings)
        logits = salience(encodings, maps)
        query = most_salient(maps, logits)
        inside = places_inside(boxes, size, (maps.shape[2], maps.shape[3]))
        tagged = most_salient(maps, logits.masked_fill(~inside.flatten(), OUTSIDE)) if inside.any() else query
    first, second = (Patches(*(part.numpy() for part in both)) for both in (query, tagged))
    return first, second


def join_patches(
    embedded: EmbeddedFolder, boxes: Mapping[Path, Sequence[Box]], control: JobControl
) -> Iterator[Progress | EmbeddedFolder]:
    """The folder with its patches behind its embeddings, as ``local`` needs them; the last value is the result.

    Raises UserError where a file has gone since it was embedded, Cancelled.
    """
    queries, tagged = [], []
    for done, path in enumerate(embedded.paths):
        control.safe_point()
        image = try_decode(path)
        if isinstance(image, UnreadableImage):
            raise UserError(f"{path} cannot be read any more: {image.reason}. Try again.")
        inputs = embedded.extractor.prepare(torch.from_numpy(image)[None])
        size = (image.shape[1], image.shape[0])
        first, second = patches_of(embedded.extractor, inputs, boxes.get(path, ()), size)
        queries.append(first)
        tagged.append(second)
        yield Progress(done + 1, len(embedded.paths))
    together = [Patches(*map(np.concatenate, zip(*found, strict=True))) for found in (queries, tagged)]
    yield replace(embedded, embeddings=join(embedded.embeddings, *together))
