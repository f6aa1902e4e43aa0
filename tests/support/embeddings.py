"""Made-up embeddings of images: unit vectors about one direction per class."""

import numpy as np

from micm_desktop.fewshot.head import Array, Labels


def unit(rows: np.ndarray) -> Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def around_directions(classes: int, each: int, noise: float, *, size: int = 12, seed: int = 0) -> tuple[Array, Labels]:
    """``each`` unit vectors (classes·each, size) about each class's own axis, and their labels."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    return unit(np.eye(size)[labels] + rng.normal(0, noise, (len(labels), size))), labels


def random_directions(count: int, *, size: int = 12, seed: int = 0) -> Array:
    return unit(np.random.default_rng(seed).normal(size=(count, size)))
