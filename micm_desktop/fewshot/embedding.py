"""From pooled parts to the embedding that classifiers compare: numpy only, so that tagging never waits for torch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import BranchInfo, knows_the_images

Array = npt.NDArray[np.float32]

PARTS = ("class_token", "attention", "stem", "last_stage", "salient")
PART_WEIGHTS = {
    # The transformer of an encoder that has not seen the user's images knows nothing of them; its stem does. Its
    # saliency head may have been trained on them since.
    "unseen": {"last_stage": 2 / 3, "salient": 1 / 3},
    "looked": {"last_stage": 1 / 3, "salient": 2 / 3},
    "pretrained": {"class_token": 0.5, "last_stage": 0.5},
    "patch": {"class_token": 4 / 7, "attention": 3 / 7},
}
"""Shares of the parts in an embedding: with a ``conv`` stem by whether the encoder has seen the user's images, and with
a ``patch`` stem. docs/decisions/0003-image-feature.md has the tables."""

VIEWS = 3
"""Augmented views of a tagged image, beside itself."""


def part_sizes(config: EncoderConfig) -> dict[str, int]:
    """Dimensions of the parts that an encoder of this shape gives, in the order of ``PARTS``."""
    conv = config.stem == "conv"
    sizes = {
        "class_token": config.dim,
        "attention": config.dim,
        "stem": config.stem_channels if conv else 0,
        "last_stage": config.last_stage_channels if conv else 0,
        "salient": config.fine_channels + config.stem_channels if config.saliency else 0,
    }
    return {name: size for name, size in sizes.items() if size}


def part_weights(branch: BranchInfo) -> dict[str, float]:
    """Shares of a network's parts in the embedding, of those that it has; they sum to 1."""
    if branch.training.get("saliency_images"):
        kind = "looked"
    else:
        kind = "pretrained" if knows_the_images(branch.training) else "unseen"
    table = PART_WEIGHTS["patch" if branch.config.stem == "patch" else kind]
    weights = {name: table.get(name, 0.0) for name in part_sizes(branch.config)}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def feature_size(branches: Sequence[BranchInfo]) -> int:
    """D of the features that these networks give together."""
    return sum(size for branch in branches for size in part_sizes(branch.config).values())


@dataclass(frozen=True)
class EmbeddingTransform:
    """Centre each part on ``mean`` (D,), L2-normalise it, multiply by the root of its weight, concatenate.

    The weights sum to 1, so an embedding has length 1 and its inner products are weighted means of the parts' cosines.
    Parts of weight 0 are left out: an embedding has E ≤ D dimensions.
    """

    sizes: tuple[int, ...]
    weights: tuple[float, ...]
    mean: Array
    names: tuple[str, ...] = ()

    def of_part(self, name: str) -> "EmbeddingTransform":
        """The transform of the parts called ``name`` alone. Raises ValueError where there are none."""
        weights = tuple(float(own == name) for own in self.names)
        if not any(weights):
            raise ValueError(f"there is no part {name!r} among {', '.join(self.names)}")
        return replace(self, weights=tuple(weight / sum(weights) for weight in weights))

    @property
    def size(self) -> int:
        """E, the dimensions of an embedding."""
        return sum(size for size, weight in zip(self.sizes, self.weights, strict=True) if weight)

    def __call__(self, features: Array) -> Array:
        """features (N, D) float32, parts L2-normalised -> embeddings (N, E) float32."""
        parts = []
        start = 0
        for size, weight in zip(self.sizes, self.weights, strict=True):
            if weight:
                part = features[:, start : start + size] - self.mean[start : start + size]
                norm = np.linalg.norm(part, axis=1, keepdims=True)
                parts.append(part / np.maximum(norm, 1e-8) * np.float32(weight**0.5))
            start += size
        return np.concatenate(parts, axis=1)


def fit_transform(features: Array, branches: Sequence[BranchInfo]) -> EmbeddingTransform:
    """Centre on the mean of ``features`` (N, D), N ≥ 1: the unlabeled images, whose mean is what they share."""
    return transform_about(features.mean(axis=0, dtype=np.float32), branches)


def transform_about(mean: Array, branches: Sequence[BranchInfo]) -> EmbeddingTransform:
    """Centre on ``mean`` (D,), float32."""
    parts = [part for branch in branches for part in part_sizes(branch.config).items()]
    weights = [branch.weight * share for branch in branches for share in part_weights(branch).values()]
    names, sizes = zip(*parts, strict=True)
    return EmbeddingTransform(sizes, tuple(weights), mean, names)
