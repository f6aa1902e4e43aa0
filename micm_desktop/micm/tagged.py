"""Live few-shot accuracy: what the teacher's class tokens are worth on the images that the user has tagged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm.device import to_device
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.micm.preprocess import prepare

MOST_TAGGED = 128
"""Tagged images that are looked at; of more, about as many of each class."""
CHUNK = 32


@dataclass(frozen=True)
class TaggedImages:
    """``rows`` (N,) places in the pixel cache and ``labels`` (N,), each class at least twice."""

    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]

    @classmethod
    def among(cls, paths: Sequence[Path], tagged: Mapping[Path, int]) -> "TaggedImages | None":
        """Those of ``paths`` that have a tag; None where there are not two classes with two images each."""
        of_class: dict[int, list[int]] = {}
        for row, path in enumerate(paths):
            if path in tagged:
                of_class.setdefault(tagged[path], []).append(row)
        usable = {label: rows for label, rows in of_class.items() if len(rows) > 1}
        if len(usable) < 2:
            return None
        most = max(MOST_TAGGED // len(usable), 2)
        pairs = [(row, label) for label, rows in sorted(usable.items()) for row in rows[:most]]
        rows, labels = np.array(pairs, np.int64).T
        return cls(rows, labels)

    @torch.no_grad()
    def accuracy(self, cache: PixelCache, teacher: MicmNetwork, crop_size: int, device: torch.device) -> float:
        """Few-shot accuracy of ``teacher`` in [0, 1], the whole images squeezed to ``crop_size`` pixels."""
        config = teacher.config.for_size(crop_size)
        tokens = []
        for start in range(0, len(self.rows), CHUNK):
            pixels = torch.from_numpy(cache.rows(self.rows[start : start + CHUNK]))
            tokens.append(teacher(prepare(to_device(pixels, device), config)).class_token.float())
        return few_shot_accuracy(torch.cat(tokens).cpu(), torch.from_numpy(self.labels))


def few_shot_accuracy(tokens: Tensor, labels: Tensor) -> float:
    """Leave-one-out accuracy of the nearest class mean, averaged over the classes: a rare class counts like any.

    tokens (N, D), centred on their mean and L2-normalised here; labels (N,), each class at least twice -> [0, 1].
    """
    directions = F.normalize(tokens - tokens.mean(dim=0), dim=1)
    member = (labels.unsqueeze(1) == torch.tensor(sorted(set(labels.tolist())))).to(directions)
    index = member.argmax(dim=1)
    sums = member.T @ directions
    cosines = directions @ F.normalize(sums, dim=1).T
    # Of its own class an image sees the others alone.
    own = F.normalize(sums[index] - directions, dim=1)
    cosines = torch.where(member.bool(), (directions * own).sum(dim=1, keepdim=True), cosines)
    right = (cosines.argmax(dim=1) == index).to(directions)
    return float(((member.T @ right) / member.sum(dim=0)).mean())
