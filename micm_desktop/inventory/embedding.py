"""Embeddings of unlabeled images that do not depend on what is frequent among them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from micm_desktop.fewshot.embedding import transform_about
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.fewshot.features import BATCH, READ_THREADS, FeatureExtractor, extract_batch
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.images.samples import render_varied_surface
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress

REFERENCE_VERSION: Final = 1
REFERENCE_IMAGES: Final = 64
REFERENCE_EDGE: Final = 128
MEAN, DEVIATION, LEAST_DEVIATION = 118.0, 48.0, 4.0
"""Grey levels; what has less contrast than the last is not raised further."""


@dataclass(frozen=True)
class EmbeddedImages:
    """Embeddings (n, E) of those of the paths, by ``rows`` (n,), that could be read."""

    rows: npt.NDArray[np.int64]
    embeddings: npt.NDArray[np.float32]


def embed_images(
    encoder: LoadedEncoder, paths: Sequence[Path], hashes: Sequence[str], cache: Path, control: JobControl
) -> Iterator[Progress | EmbeddedImages]:
    """Embed ``paths`` with these content hashes, each in the same light, centred on the mean of a fixed set of
    generated surfaces. What was computed is kept in the folder ``cache``; each set of images has its own.

    Light is told apart by the brightness itself; here it would split each kind of image in two. Raises Cancelled.
    """
    extractor = FeatureExtractor(encoder, every_part=False)
    if not paths:
        yield EmbeddedImages(np.empty(0, np.int64), np.empty((0, 0), np.float32))
        return
    version = f"{encoder.sha256[:16]}-{REFERENCE_VERSION}"
    reference = cache.parent / f"reference-{version}.npy"
    transform = transform_about(_reference_mean(extractor, reference), [branch.info for branch in encoder.branches])
    store = FeatureStore(cache / version, extractor.no_features().shape[1])
    with ThreadPoolExecutor(READ_THREADS) as pool:
        for start in range(0, len(paths), BATCH):
            control.safe_point()
            new = {hashes[row]: row for row in range(start, min(start + BATCH, len(paths))) if hashes[row] not in store}
            read = pool.map(partial(_prepared, extractor), [paths[row] for row in new.values()])
            inputs = {key: one for key, one in zip(new, read, strict=True) if one is not None}
            if inputs:
                store.append(list(inputs), extract_batch(extractor, list(inputs.values())))
            yield Progress(min(start + BATCH, len(paths)), len(paths))
    rows = [row for row, key in enumerate(hashes) if key in store]
    place, features = store.read()
    yield EmbeddedImages(np.array(rows, np.int64), transform(np.array(features[[place[hashes[row]] for row in rows]])))


def _prepared(extractor: FeatureExtractor, path: Path) -> list[Tensor] | None:
    image = try_decode(path)
    if isinstance(image, UnreadableImage):
        return None
    return extractor.prepare(torch.from_numpy(in_equal_light(image))[None])


def in_equal_light(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """An image (H, W, 3), the mean and standard deviation of its grey levels moved to ``MEAN`` and ``DEVIATION``."""
    mean, deviation = cv2.meanStdDev(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    scale = DEVIATION / max(float(deviation[0, 0]), LEAST_DEVIATION)
    return np.asarray(cv2.convertScaleAbs(np.maximum(image * scale + (MEAN - float(mean[0, 0]) * scale), 0)), np.uint8)


def _reference_mean(extractor: FeatureExtractor, kept: Path) -> npt.NDArray[np.float32]:
    """Mean feature (D,) of ``REFERENCE_IMAGES`` generated surfaces, the same ones on every computer."""
    size = extractor.no_features().shape[1]
    # Made anew where another program or a crash left something else.
    with suppress(OSError, ValueError, EOFError):
        mean = np.load(kept, allow_pickle=False)
        if mean.shape == (size,) and mean.dtype == np.float32 and np.isfinite(mean).all():
            return np.asarray(mean, np.float32)
    features = []
    for index in range(REFERENCE_IMAGES):
        surface = in_equal_light(render_varied_surface(np.random.default_rng([7, index]), size=REFERENCE_EDGE))
        features.append(extract_batch(extractor, [extractor.prepare(torch.from_numpy(surface)[None])]))
    found: npt.NDArray[np.float32] = np.concatenate(features).mean(axis=0, dtype=np.float32)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("wb") as stream:
        np.save(stream, found, allow_pickle=False)
    return found
