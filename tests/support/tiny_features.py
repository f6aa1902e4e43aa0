"""Feature extractors of tiny networks."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from micm_desktop.fewshot.features import FeatureExtractor, extract_batch
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.micm.network import MicmNetwork


def encoder_of(network: MicmNetwork, training: dict[str, Any] | None = None) -> LoadedEncoder:
    """As if ``network`` had been read from a file."""
    return LoadedEncoder(network, training or {}, "0" * 64)


def extractor_of(network: MicmNetwork, training: dict[str, Any] | None = None) -> FeatureExtractor:
    return FeatureExtractor(encoder_of(network, training)).eval()


def features_of(extractor: FeatureExtractor, images: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Features (n, D) of decoded images."""
    return extract_batch(extractor, [extractor.prepare(torch.from_numpy(image)[None]) for image in images])
