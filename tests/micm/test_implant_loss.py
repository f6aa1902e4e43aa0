"""What the saliency head learns: losses against plain formulas, and that a few steps teach it where marks are."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from micm_desktop.images.samples import render_varied_surface
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.implant_loss import (
    ImplantHeads,
    implant_terms,
    implanted_windows,
    pair_loss,
    saliency_loss,
)
from micm_desktop.micm.implants import implanted_pairs
from micm_desktop.micm.network import ConvStem, MicmNetwork

CONFIG = EncoderConfig(image_size=64, dim=32, heads=2, encoder_blocks=1, decoder_blocks=1)


def unit_rows(count: int, size: int) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(count, size), dim=1)


def test_pair_loss_is_the_plain_formula() -> None:
    torch.manual_seed(0)
    first, second = unit_rows(3, 5), unit_rows(3, 5)
    rows = [*first.tolist(), *second.tolist()]
    total = 0.0
    for i, row in enumerate(rows):
        scores = {
            j: math.exp(sum(a * b for a, b in zip(row, other, strict=True)) / 0.1)
            for j, other in enumerate(rows)
            if j != i
        }
        total -= math.log(scores[(i + 3) % 6] / sum(scores.values()))
    assert pair_loss(first, second, 0.1).item() == pytest.approx(total / 6, rel=1e-4)


def test_saliency_loss_is_the_plain_formula() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.5, 3.0], [0.0, 1.0, -2.0, -3.0]])
    marked = torch.tensor([[True, False, False, False], [False, False, False, True]])

    def cost(logit: float, target: bool) -> float:
        p = 1 / (1 + math.exp(-logit))
        return -math.log(p if target else 1 - p)

    hits = (cost(2.0, True) + cost(-3.0, True)) / 2
    every = [cost(v, False) for v in (-1.0, 0.5, 3.0, 0.0, 1.0, -2.0)]
    assert saliency_loss(logits, marked, 0).item() == pytest.approx(hits + sum(every) / 6, rel=1e-5)
    without_highest = [cost(v, False) for v in (-1.0, 0.5, 0.0, -2.0)]
    assert saliency_loss(logits, marked, 1).item() == pytest.approx(hits + sum(without_highest) / 4, rel=1e-5)


def test_saliency_loss_without_a_mark_is_finite() -> None:
    logits = torch.zeros(2, 9, requires_grad=True)
    loss = saliency_loss(logits, torch.zeros(2, 9, dtype=torch.bool), 3)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(2), rel=1e-5)
    assert logits.grad is not None and torch.isfinite(logits.grad).all()


def test_shares_say_how_much_of_a_patch_is_marked() -> None:
    images = np.stack([render_varied_surface(np.random.default_rng(i), size=64) for i in range(4)])
    pairs = implanted_pairs(images, 4, np.random.default_rng(0))
    windows, shares = implanted_windows(pairs, CONFIG, 64, 0, torch.device("cpu"))
    assert windows.shape == (8, 3, 64, 64) and shares.shape == (8, 4, 4)
    assert torch.allclose(shares.mean(dim=(1, 2)), torch.from_numpy(pairs.marked.mean(axis=(1, 2))).float(), atol=1e-6)


def test_the_head_learns_where_marks_are_and_the_stem_does_not_move() -> None:
    torch.manual_seed(0)
    images = np.stack([render_varied_surface(np.random.default_rng([9, i]), size=96) for i in range(16)])
    network = load_encoder("starter").network.requires_grad_(False)
    heads = ImplantHeads(network.config)
    assert isinstance(network.stem, ConvStem)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimizer = torch.optim.AdamW(heads.parameters(), lr=2e-3)
    losses = []
    for step in range(25):
        pairs = implanted_pairs(images, 8, np.random.default_rng(step))
        terms = implant_terms(network.stem, heads, *implanted_windows(pairs, CONFIG, 64, step, torch.device("cpu")))
        optimizer.zero_grad()
        sum(terms.values(), torch.zeros(())).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(terms["saliency"].item())
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:3])
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_an_encoding_pools_patches_by_saliency() -> None:
    torch.manual_seed(0)
    network = MicmNetwork(EncoderConfig(**{**CONFIG.to_dict(), "saliency": True})).eval()
    with torch.inference_mode():
        found = network.encode(torch.randn(2, 3, 64, 64)).saliency
    assert found is not None and found.logits.shape == (2, 16) and found.patches.shape == (2, 16, 128)
    weights = torch.exp(found.logits) / torch.exp(found.logits).sum(dim=1, keepdim=True)
    expected = sum(weights[:, n, None] * found.patches[:, n] for n in range(16))
    assert torch.allclose(found.pooled(), expected, atol=1e-5)


def test_saliency_needs_the_conv_stem() -> None:
    with pytest.raises(ValueError, match="conv stem"):
        EncoderConfig(stem="patch", saliency=True)
