"""The paper's network sizes: widths, depths, and that they compute at their own input."""

import pytest
import torch

from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.micm.shapes import SHAPES, Shape, named_shape


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(("image_size", "blocks"), [(224, (8, 4)), (84, (4, 2))])
@torch.no_grad()
def test_a_shape_is_the_paper_s_and_computes(name: Shape, image_size: int, blocks: tuple[int, int]) -> None:
    config = named_shape(name, image_size)
    assert (config.encoder_blocks, config.decoder_blocks) == blocks
    assert (config.dim, config.heads) == ((192, 3) if name.startswith("vit-t") else (384, 6))
    assert image_size <= config.image_size < image_size + config.patch_size
    network = MicmNetwork(config).eval()
    assert isinstance(network.stem, ConvStem) == name.endswith("-conv")
    encoding = network.encode(torch.randn(1, 3, config.image_size, config.image_size))
    assert encoding.class_token.shape == (1, config.dim)
    assert encoding.patch_tokens.shape == (1, config.grid**2, config.dim)
    assert config.grid >= 6


def test_the_sizes_are_those_of_vision_transformers_known_by_these_names() -> None:
    """ViT-T/16 has 5.7 and ViT-S/16 22.1 million parameters with 1000 classes (DeiT); blocks make up almost all."""
    for name, millions in (("vit-t", 5.5), ("vit-s", 21.7)):
        count = sum(parameter.numel() for parameter in MicmNetwork(named_shape(name)).parameters())
        assert count == pytest.approx(millions * 1e6, rel=0.02)
