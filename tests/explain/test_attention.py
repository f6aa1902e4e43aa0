"""Attention by head and averaged, and rollout against a loop over paths."""

import itertools
from dataclasses import replace

import pytest
import torch
from tiny_features import extractor_of
from tiny_micm import PATCH, randomise
from torch import Tensor

from micm_desktop.explain.attention import (
    attention_heat,
    head_heats,
    mean_attention,
    rollout,
    rollout_heat,
    telling,
    telling_attention,
)
from micm_desktop.explain.maps import standardise, to_range
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.micm.network import Encoding, MicmNetwork

TRAINED, STARTER = {"steps": 10, "images": 50}, {"steps": 10, "surfaces": 2000}


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def encoded(*trainings: dict[str, int], blocks: int = 2) -> tuple[FeatureExtractor, list[Encoding]]:
    """One tiny network per training summary, and what they make of two images."""
    extractors = []
    for seed, training in enumerate(trainings):
        torch.manual_seed(seed)
        made = MicmNetwork(replace(PATCH, decoder_blocks=blocks))
        randomise(made, seed)
        extractors.append(extractor_of(made.eval(), training))
    first = extractors[0]
    for other in extractors[1:]:
        first._branches.extend(other._branches)
    images = torch.randint(0, 256, (2, 32, 32, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    with torch.inference_mode():
        return first, first.encode(first.prepare(images), attention=True)


def of_attention(attention: Tensor) -> Encoding:
    return encoded(STARTER)[1][0]._replace(attention=attention)


def test_rollout_adds_up_all_paths_to_the_class_token() -> None:
    """Two blocks, two heads, three tokens: each path's share by hand."""
    decoder = [normal(1, 2, 3, 3, seed=seed).softmax(dim=3) for seed in (1, 2)]
    mixed = [
        [
            [(sum(block[0, head, i, j].item() for head in range(2)) / 2 + (i == j)) / 2 for j in range(3)]
            for i in range(3)
        ]
        for block in decoder
    ]
    shares = [0.0, 0.0, 0.0]
    for between, start in itertools.product(range(3), range(3)):
        shares[start] += mixed[1][0][between] * mixed[0][between][start]
    assert sum(shares) == pytest.approx(1)
    expected = [share / (shares[1] + shares[2]) for share in shares[1:]]
    assert rollout(decoder)[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_rollout_of_one_block_is_its_attention() -> None:
    _, (one,) = encoded(TRAINED, blocks=1)
    assert len(one.decoder) == 1
    row = one.decoder[0].mean(dim=1)[:, 0, 1:]
    torch.testing.assert_close(rollout(one.decoder), row / row.sum(dim=1, keepdim=True))


def test_rollout_follows_what_earlier_blocks_mixed() -> None:
    """The class token attends to patch 1 alone, into which the block before mixed patch 2."""
    first, last = torch.eye(4)[None, None].clone(), torch.eye(4)[None, None].clone()
    first[0, 0, 1] = torch.tensor([0.0, 0, 1, 0])
    last[0, 0, 0] = torch.tensor([0.0, 1, 0, 0])
    assert rollout([first, last])[0].tolist() == pytest.approx([0.5, 0.5, 0])
    assert rollout([last])[0].tolist() == [1, 0, 0]


def test_rollout_is_a_distribution_over_patches_and_its_heat_a_range() -> None:
    _, encodings = encoded(TRAINED, STARTER)
    found = rollout(encodings[0].decoder)
    assert found.shape == (2, 16) and (found >= 0).all()
    torch.testing.assert_close(found.sum(dim=1), torch.ones(2))
    heat = rollout_heat(encodings[:1])
    assert heat.shape == (2, 4, 4)
    torch.testing.assert_close(heat, to_range(found.reshape(2, 4, 4)))


def test_attention_heat_is_the_mean_over_heads_scaled_to_its_range() -> None:
    attention = normal(2, 3, 4).softmax(dim=2)
    heat = attention_heat([of_attention(attention)])
    assert heat.shape == (2, 2, 2)
    for image in range(2):
        means = [sum(attention[image, head, n].item() for head in range(3)) / 3 for n in range(4)]
        expected = [(value - min(means)) / (max(means) - min(means)) for value in means]
        assert heat[image].flatten().tolist() == pytest.approx(expected, abs=1e-4)


def test_even_attention_has_no_heat() -> None:
    even = [of_attention(torch.full((2, 3, 16), 1 / 16))]
    assert torch.equal(attention_heat(even), torch.zeros(2, 4, 4))
    assert torch.equal(head_heats(even), torch.zeros(3, 2, 4, 4))


def test_each_head_has_a_map_of_its_own() -> None:
    attention = normal(2, 3, 16).softmax(dim=2)
    coarse = normal(2, 2, 4, seed=1).softmax(dim=2)
    heads = head_heats([of_attention(attention), of_attention(coarse)])
    assert heads.shape == (5, 2, 4, 4), "of one network after the other, on the grid of the first"
    for head in range(3):
        torch.testing.assert_close(heads[head], to_range(attention[:, head].reshape(2, 4, 4)))
    assert heads[3:].flatten(2).amax(dim=2).tolist() == [[1, 1], [1, 1]]


def test_attention_tells_only_after_training_on_the_users_images() -> None:
    extractor, encodings = encoded(TRAINED, STARTER)
    found = telling_attention(extractor, encodings)
    assert found is not None
    torch.testing.assert_close(found, standardise(mean_attention(encodings[0].attention)))
    assert telling(extractor, encodings) == encodings[:1]
    assert len(encodings[0].decoder) == 2 and encodings[1].decoder == (), "what tells nothing is not computed"
    for training in (STARTER, {}):
        extractor, encodings = encoded(training)
        assert telling_attention(extractor, encodings) is None
        assert telling(extractor, encodings) == encodings and len(encodings[0].decoder) == 2
