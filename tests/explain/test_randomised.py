"""A map that explains a network must change with its weights (Adebayo et al. 2018, "Sanity Checks")."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import Tensor

from micm_desktop.explain.attention import attention_heat, telling
from micm_desktop.explain.evidence import class_heat, evidence_map, patch_bank_of, patch_map
from micm_desktop.fewshot.features import FeatureExtractor, read_prepared
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder

SAME, UNRELATED = 0.99, 0.5


def shuffled(encoder: LoadedEncoder, seed: int) -> LoadedEncoder:
    """The same network, each tensor of its weights shuffled."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in encoder.network.parameters():
            value.copy_(value.flatten()[torch.randperm(value.numel(), generator=generator)].view_as(value))
    return encoder


@torch.inference_mode()
def maps_by(
    encoder: LoadedEncoder, support: Sequence[Sequence[Path]], queries: Sequence[Path]
) -> dict[str, list[Tensor]]:
    """Evidence for the first class, and attention, of each query."""
    extractor = FeatureExtractor(encoder, every_part=False).eval()
    bank = patch_bank_of(extractor, support)
    found: dict[str, list[Tensor]] = {"evidence": [], "attention": []}
    for path in queries:
        inputs = read_prepared(extractor, path)
        assert not isinstance(inputs, UnreadableImage)
        encodings = extractor.encode(inputs, attention=True, heat=True)
        evidence = evidence_map(patch_map(encodings), torch.tensor([0]), bank.patches, bank.empty, bank.mean)
        found["evidence"].append(class_heat(extractor, encodings, evidence)[0])
        found["attention"].append(attention_heat(telling(extractor, encodings))[0])
    return found


def correlation(before: Sequence[Tensor], after: Sequence[Tensor]) -> float:
    """Mean rank correlation of the maps; those that are even on either side count for 0."""
    pairs = zip(before, after, strict=True)
    values = [spearmanr(one.flatten().numpy(), other.flatten().numpy()).statistic for one, other in pairs]
    return float(np.nan_to_num(values).mean())


@pytest.mark.filterwarnings("ignore:An input array is constant")
def test_maps_change_with_the_weights(labeled: Path) -> None:
    support = [sorted((labeled / kind).glob("*.png"))[:3] for kind in ("pit", "good", "scratch")]
    queries = sorted((labeled / "pit").glob("*.png"))[3:] + sorted((labeled / "scratch").glob("*.png"))[3:]
    before = maps_by(load_encoder("starter"), support, queries)
    again = maps_by(load_encoder("starter"), support, queries)
    random = maps_by(shuffled(load_encoder("starter"), 0), support, queries)
    for name, maps in before.items():
        assert correlation(maps, again[name]) > SAME
        assert abs(correlation(maps, random[name])) < UNRELATED, name
