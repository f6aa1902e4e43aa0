"""From pooled parts to the embedding that classifiers compare: numpy only, so that tagging never waits for torch."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from micm_desktop.micm.config import EncoderConfig

Array = npt.NDArray[np.float32]

PARTS = ("class_token", "attention", "stem", "last_stage")
PART_WEIGHTS = {"class_token": 0.04, "attention": 0.04, "stem": 0.07, "last_stage": 0.85}
"""Chosen on the generated sample set; docs/decisions/0003-image-feature.md has the table."""
STEM_SIZES = (96, 1280)


def part_sizes(config: EncoderConfig) -> tuple[int, ...]:
    """Dimensions of the parts that an encoder of this shape gives."""
    return (config.dim, config.dim) + (STEM_SIZES if config.stem == "conv" else ())


@dataclass(frozen=True)
class EmbeddingTransform:
    """Centre each part on ``mean`` (D,), L2-normalise it, multiply by the root of its weight, concatenate.

    The weights sum to 1, so an embedding has length 1 and its inner products are weighted means of the parts' cosines.
    """

    sizes: tuple[int, ...]
    weights: tuple[float, ...]
    mean: Array

    def __call__(self, features: Array) -> Array:
        """features (N, D) float32, parts L2-normalised -> embeddings (N, D) float32."""
        centred = features - self.mean
        out = np.empty_like(centred)
        start = 0
        for size, weight in zip(self.sizes, self.weights, strict=True):
            part = centred[:, start : start + size]
            norm = np.linalg.norm(part, axis=1, keepdims=True)
            out[:, start : start + size] = part / np.maximum(norm, 1e-8) * np.sqrt(weight)
            start += size
        return out


def fit_transform(features: Array, config: EncoderConfig) -> EmbeddingTransform:
    """Centre on the mean of ``features`` (N, D), N ≥ 1: the unlabeled images, whose mean is what they share."""
    sizes = part_sizes(config)
    weights = np.array([PART_WEIGHTS[name] for name in PARTS[: len(sizes)]])
    weights /= weights.sum()
    return EmbeddingTransform(sizes, tuple(float(w) for w in weights), features.mean(axis=0, dtype=np.float32))
