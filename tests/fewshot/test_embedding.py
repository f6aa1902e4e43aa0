"""The embedding: unit length, and inner products that are weighted means of the parts' cosines."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import CONV, PATCH

from micm_desktop.fewshot.embedding import (
    PART_WEIGHTS,
    PARTS,
    EmbeddingTransform,
    feature_size,
    fit_transform,
    part_sizes,
    part_weights,
)
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import BranchInfo

SALIENT = replace(CONV, saliency=True)
TRAINED = {"steps": 100}
STARTER = {"steps": 300, "surfaces": 2000}


def features(count: int, sizes: tuple[int, ...], seed: int) -> np.ndarray:
    """As the network gives them: every part of length 1."""
    parts = [np.random.default_rng((seed, n)).normal(1, 1, (count, size)) for n, size in enumerate(sizes)]
    return np.concatenate([part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts], 1).astype(np.float32)


def slow_cosine(first: np.ndarray, second: np.ndarray) -> float:
    dot = sum(float(a) * float(b) for a, b in zip(first, second, strict=True))
    return dot / (sum(float(a) ** 2 for a in first) * sum(float(b) ** 2 for b in second)) ** 0.5


@given(
    st.lists(st.tuples(st.integers(2, 6), st.floats(0.05, 1)), min_size=1, max_size=4),
    st.integers(2, 5),
    st.integers(0, 2**31),
)
def test_inner_products_are_weighted_means_of_cosines(parts: list[tuple[int, float]], count: int, seed: int) -> None:
    sizes, raw = tuple(size for size, _ in parts), np.array([weight for _, weight in parts])
    weights = raw / raw.sum()
    values = features(count, sizes, seed)
    mean = np.random.default_rng(seed).normal(0, 0.3, sum(sizes)).astype(np.float32)
    embeddings = EmbeddingTransform(sizes, tuple(weights.tolist()), mean)(values)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-4)
    expected, start = 0.0, 0
    for size, weight in zip(sizes, weights, strict=True):
        part = slice(start, start + size)
        expected += weight * slow_cosine(values[0, part] - mean[part], values[1, part] - mean[part])
        start += size
    assert float(embeddings[0] @ embeddings[1]) == pytest.approx(expected, abs=1e-3)


def test_an_image_at_the_centre_has_no_direction() -> None:
    mean = np.array([0.6, 0.8, 1.0], np.float32)
    embedding = EmbeddingTransform((2, 1), (0.5, 0.5), mean)(mean[None])
    assert np.array_equal(embedding, np.zeros((1, 3), np.float32))


@pytest.mark.parametrize("config", [PATCH, CONV], ids=["patch", "conv"])
def test_fitting_centres_on_the_mean_and_shares_out_the_weights(config: EncoderConfig) -> None:
    sizes = tuple(part_sizes(config).values())
    values = features(7, sizes, 3)
    transform = fit_transform(values, [BranchInfo(config, TRAINED)])
    np.testing.assert_allclose(transform.mean, values.mean(axis=0), atol=1e-6)
    assert transform.sizes == sizes
    assert sum(transform.weights) == pytest.approx(1)
    table = PART_WEIGHTS["patch" if config is PATCH else "pretrained"]
    assert transform.weights == pytest.approx([table.get(name, 0.0) for name in part_sizes(config)])


def test_parts_are_those_that_the_encoder_has() -> None:
    assert tuple(part_sizes(SALIENT)) == PARTS
    assert part_sizes(SALIENT)["salient"] == CONV.fine_channels + CONV.stem_channels
    assert "salient" not in part_sizes(CONV)
    assert tuple(part_sizes(PATCH)) == ("class_token", "attention")
    no_last = replace(SALIENT, last_stage_channels=0)
    assert "last_stage" not in part_sizes(no_last)
    assert part_weights(BranchInfo(no_last, STARTER))["salient"] == 1, "what is left carries the whole weight"


def test_weights_follow_what_the_encoder_has_seen() -> None:
    unseen, seen = part_weights(BranchInfo(SALIENT, STARTER)), part_weights(BranchInfo(SALIENT, TRAINED))
    assert unseen["last_stage"] > unseen["salient"] > 0 and unseen["class_token"] == 0
    assert seen["class_token"] > 0
    assert sum(unseen.values()) == pytest.approx(sum(seen.values())) == pytest.approx(1)


def test_parts_without_weight_are_left_out() -> None:
    values = features(4, (3, 2, 5), 0)
    mean = values.mean(axis=0)
    found = EmbeddingTransform((3, 2, 5), (0.25, 0.0, 0.75), mean)(values)
    kept = [0, 1, 2, 5, 6, 7, 8, 9]
    np.testing.assert_array_equal(found, EmbeddingTransform((3, 5), (0.25, 0.75), mean[kept])(values[:, kept]))


def test_two_networks_share_the_embedding_by_their_weights() -> None:
    branches = [BranchInfo(SALIENT, TRAINED, 0.25), BranchInfo(SALIENT, STARTER, 0.75)]
    values = features(5, tuple(part_sizes(SALIENT).values()) * 2, 0)
    assert values.shape[1] == feature_size(branches)
    transform = fit_transform(values, branches)
    parts = len(PARTS)
    assert sum(transform.weights[:parts]) == pytest.approx(0.25)
    assert sum(transform.weights[parts:]) == pytest.approx(0.75)
    np.testing.assert_allclose(np.linalg.norm(transform(values), axis=1), 1, atol=1e-4)


def test_what_all_images_share_does_not_count() -> None:
    """A direction common to all features would make every cosine 1; centring takes it away."""
    values = np.random.default_rng(0).normal(5, 1, (40, 3 * PATCH.dim)).astype(np.float32)
    embeddings = fit_transform(values, [BranchInfo(PATCH, TRAINED)])(values)
    cosines = embeddings @ embeddings.T
    assert abs(cosines[np.triu_indices(40, 1)].mean()) < 0.05


def test_a_base_that_has_looked_at_the_images_counts_its_salient_patches_more() -> None:
    starter = {"steps": 30, "surfaces": 3000}
    unseen, looked = (
        part_weights(BranchInfo(SALIENT, known)) for known in (starter, starter | {"saliency_images": 500})
    )
    assert looked["salient"] > unseen["salient"] > 0


def test_a_part_alone_is_centred_and_of_length_one() -> None:
    sizes = tuple(part_sizes(CONV).values())
    values = features(6, sizes, 1)
    transform = fit_transform(values, [BranchInfo(CONV, TRAINED)])
    found = transform.of_part("class_token")(values)
    centred = values[:, : sizes[0]] - values[:, : sizes[0]].mean(axis=0)
    np.testing.assert_allclose(found, centred / np.linalg.norm(centred, axis=1, keepdims=True), atol=1e-5)
    with pytest.raises(ValueError, match="no part 'colour'"):
        transform.of_part("colour")
