"""The image feature: parts of one encoding, each pooled over the image and L2-normalised.

Source of the first two parts: MICM (arXiv:2408.13385), which concatenates the class token and the attention-weighted
mean of the patch tokens. The stem's pooled features are ours: they keep what the ImageNet network already knew.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.fewshot.embedding import part_sizes
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.preprocess import prepare
from micm_desktop.progress import JobControl

BATCH = 16
DECODE_THREADS = 2


@dataclass(frozen=True)
class FeatureBatch:
    """Features (n, D) float32 of the readable images among ``rows``, and the unreadable ones with their reasons."""

    rows: tuple[int, ...]
    features: npt.NDArray[np.float32]
    failed: dict[int, UnreadableImage]


def pooled_parts(encoding: Encoding) -> list[Tensor]:
    """The feature's parts, each (B, D_i), in the order of :data:`~micm_desktop.fewshot.embedding.PARTS`."""
    attention = encoding.attention.mean(dim=1)
    attended = (attention.unsqueeze(2) * encoding.patch_tokens).sum(dim=1)
    parts = [encoding.class_token, attended]
    if encoding.stem.shape[1]:
        parts += [encoding.stem.mean(dim=(2, 3)), encoding.last_stage.amax(dim=(2, 3))]
    return parts


def image_feature(encoding: Encoding) -> Tensor:
    """L2-normalised parts, concatenated: (B, D)."""
    return torch.cat([F.normalize(part, dim=1) for part in pooled_parts(encoding)], dim=1)


@torch.inference_mode()
def extract_batch(network: MicmNetwork, images: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float32]:
    """Features (n, D) of decoded images (H, W, 3) uint8 of any sizes."""
    device = next(network.parameters()).device
    inputs = [prepare(torch.from_numpy(image).unsqueeze(0).to(device), network.config) for image in images]
    features = image_feature(network.encode(torch.cat(inputs)))
    return np.ascontiguousarray(features.float().cpu().numpy())


def extract_features(network: MicmNetwork, paths: Sequence[Path], control: JobControl) -> Iterator[FeatureBatch]:
    """Decode and embed ``paths`` in order, the next batch being decoded meanwhile. Raises Cancelled."""
    size = sum(part_sizes(network.config))
    starts = range(0, len(paths), BATCH)
    with ThreadPoolExecutor(DECODE_THREADS) as pool:
        upcoming = [pool.submit(try_decode, path) for path in paths[:BATCH]]
        for start in starts:
            control.safe_point()
            decoded = [future.result() for future in upcoming]
            upcoming = [pool.submit(try_decode, path) for path in paths[start + BATCH : start + 2 * BATCH]]
            readable = {start + i: image for i, image in enumerate(decoded) if not isinstance(image, UnreadableImage)}
            failed = {start + i: problem for i, problem in enumerate(decoded) if isinstance(problem, UnreadableImage)}
            features = np.empty((0, size), np.float32)
            if readable:
                features = extract_batch(network, list(readable.values()))
            yield FeatureBatch(tuple(readable), features, failed)
