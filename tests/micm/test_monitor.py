"""The signals that tell learning from collapse, on features whose answer is known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.micm.monitor import effective_rank, mean_entropy, view_consistency


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_constant_features_have_rank_1() -> None:
    assert effective_rank(torch.full((20, 6), 0.3)) == pytest.approx(1, abs=1e-3)


def test_features_along_one_line_have_rank_1() -> None:
    line = torch.linspace(-1, 1, 20).view(-1, 1) * normal(1, 6) + 3
    assert effective_rank(line) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("rank", [2, 3, 8])
def test_orthogonal_directions_of_equal_length_are_counted(rank: int) -> None:
    axes = torch.eye(8)[:rank]
    assert effective_rank(torch.cat([axes, -axes])) == pytest.approx(rank, rel=1e-3)


def test_rank_against_its_formula() -> None:
    features = normal(9, 4)
    values = torch.linalg.svdvals(features.double() - features.double().mean(dim=0)).tolist()
    p = [value / sum(values) for value in values]
    assert effective_rank(features) == pytest.approx(math.exp(-sum(v * math.log(v) for v in p)), rel=1e-4)


@given(st.integers(2, 20), st.integers(1, 12), st.integers(0, 2**31))
def test_rank_bounds(rows: int, columns: int, seed: int) -> None:
    rank = effective_rank(normal(rows, columns, seed=seed))
    assert 1 - 1e-4 <= rank <= min(rows, columns) + 1e-3


def test_rank_ignores_scale_and_shift() -> None:
    features = normal(30, 8)
    assert effective_rank(features * 7 + 2) == pytest.approx(effective_rank(features), rel=1e-3)


def test_entropy_of_one_prototype_for_all_is_0() -> None:
    distributions = torch.zeros(10, 5)
    distributions[:, 2] = 1
    assert mean_entropy(distributions) == pytest.approx(0, abs=1e-6)


def test_entropy_is_log_k_where_every_prototype_is_used() -> None:
    assert mean_entropy(torch.eye(5)) == pytest.approx(math.log(5))


@given(st.integers(1, 10), st.integers(2, 10), st.integers(0, 2**31))
def test_entropy_bounds_and_formula(rows: int, columns: int, seed: int) -> None:
    distributions = normal(rows, columns, seed=seed).softmax(dim=1)
    means = [sum(distributions[:, k].tolist()) / rows for k in range(columns)]
    found = mean_entropy(distributions)
    assert found == pytest.approx(-sum(m * math.log(m) for m in means), abs=1e-4)
    assert 0 <= found <= math.log(columns) + 1e-5


def test_identical_views_are_consistent_and_swapped_ones_are_not() -> None:
    features = normal(12, 6)
    assert view_consistency(features, features) == 1
    assert view_consistency(features, features * 3) == 1
    assert view_consistency(features, features.roll(1, 0)) == 0
    half = features.clone()
    half[:6] = features[:6].roll(1, 0)
    assert view_consistency(features, half) == pytest.approx(0.5)


def test_collapsed_features_are_consistent_by_chance_only() -> None:
    assert view_consistency(torch.ones(10, 4), torch.ones(10, 4)) == pytest.approx(0.1)
