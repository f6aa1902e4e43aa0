"""Feature extractors of tiny networks."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.fewshot.embedding import part_sizes
from micm_desktop.fewshot.features import FeatureExtractor, extract_batch
from micm_desktop.fewshot.rarity import PatchStatistics
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import MicmNetwork


def encoder_of(network: MicmNetwork, training: dict[str, Any] | None = None) -> LoadedEncoder:
    """As if ``network`` had been read from a file."""
    return LoadedEncoder(network, training or {}, "0" * 64)


def made_up_statistics(size: int, count: int = 12, seed: int = 0) -> PatchStatistics:
    """Statistics of no images at all."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    return PatchStatistics(normal(size), normal(size).abs() + 0.5, F.normalize(normal(count, size), dim=1))


def extractor_of(network: MicmNetwork, training: dict[str, Any] | None = None) -> FeatureExtractor:
    config: EncoderConfig = network.config
    return FeatureExtractor(encoder_of(network, training), [made_up_statistics(part_sizes(config)["rare"])]).eval()


def features_of(extractor: FeatureExtractor, images: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Features (n, D) of decoded images."""
    return extract_batch(extractor, [extractor.prepare(torch.from_numpy(image)[None]) for image in images])
