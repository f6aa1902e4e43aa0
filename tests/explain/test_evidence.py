"""Evidence maps against a slow loop over patches, and on encodings whose answer is known."""

import math

import pytest
import torch
from torch import Tensor

from micm_desktop.explain.evidence import attention_heat, evidence_map, to_heat
from micm_desktop.micm.network import Encoding

GRID = 4
DIM = 3


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def encoding(stem_channels: int, last_channels: int, images: int = 2) -> Encoding:
    return Encoding(
        normal(images, DIM),
        normal(images, GRID * GRID, DIM, seed=1),
        normal(images, 2, GRID * GRID, seed=2).softmax(dim=2),
        normal(images, stem_channels, GRID, GRID, seed=3),
        normal(images, last_channels, GRID // 2, GRID // 2, seed=4),
    )


def slow_unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


def slow_score(token: list[float], center: list[float], direction: list[float]) -> float:
    local = slow_unit([value - c for value, c in zip(slow_unit(token), center, strict=True)])
    return sum(value * d for value, d in zip(local, direction, strict=True))


def slow_enlarge(coarse: list[list[float]], row: int, column: int) -> float:
    """Bilinear interpolation of a half-size grid, with pixel centres at halves."""

    def weights(position: int) -> list[tuple[int, float]]:
        at = min(max((position + 0.5) / 2 - 0.5, 0), len(coarse) - 1)
        low = int(at)
        return [(low, 1 - (at - low)), (min(low + 1, len(coarse) - 1), at - low)]

    return sum(u * v * coarse[r][c] for r, u in weights(row) for c, v in weights(column))


@pytest.mark.parametrize("conv", [False, True])
def test_against_a_slow_loop(conv: bool) -> None:
    sizes = (DIM, DIM, 5, 6) if conv else (DIM, DIM)
    given = encoding(5, 6) if conv else encoding(0, 0)
    total = sum(sizes)
    direction, mean = normal(2, total, seed=5), normal(total, seed=6) * 0.3
    found = evidence_map(given, direction, mean, sizes)
    assert found.shape == (2, GRID, GRID)
    for image in range(2):
        weight, center = direction[image].tolist(), mean.tolist()
        tokens = slice(DIM, 2 * DIM)
        stem, last = slice(2 * DIM, 2 * DIM + 5), slice(2 * DIM + 5, None)
        coarse = [
            [slow_score(given.last_stage[image, :, r, c].tolist(), center[last], weight[last]) for c in range(2)]
            for r in range(2)
            if conv
        ]
        for row in range(GRID):
            for column in range(GRID):
                token = given.patch_tokens[image, row * GRID + column].tolist()
                expected = slow_score(token, center[tokens], weight[tokens])
                if conv:
                    expected += slow_score(given.stem[image, :, row, column].tolist(), center[stem], weight[stem])
                    expected += slow_enlarge(coarse, row, column)
                assert found[image, row, column].item() == pytest.approx(expected, abs=1e-4)


def test_the_patch_that_holds_the_class_speaks_for_it() -> None:
    """Every patch looks like the rival, but for one."""
    this, rival = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0])
    patches = rival.repeat(1, GRID * GRID, 1)
    patches[0, 6] = this
    given = encoding(0, 0, images=1)._replace(patch_tokens=patches)
    direction = torch.cat([torch.zeros(DIM), this - rival])[None]
    evidence = evidence_map(given, direction, torch.zeros(2 * DIM), (DIM, DIM))
    assert (evidence > 0).nonzero().tolist() == [[0, 1, 2]]
    assert to_heat(evidence)[0, 1, 2] == 1
    assert to_heat(evidence).sum() == 1
    assert torch.equal(evidence_map(given, -direction, torch.zeros(2 * DIM), (DIM, DIM)), -evidence)


def test_the_class_token_has_no_say() -> None:
    direction, mean = normal(2, 2 * DIM, seed=5), torch.zeros(2 * DIM)
    given = encoding(0, 0)
    before = evidence_map(given, direction, mean, (DIM, DIM))
    direction[:, :DIM] += 10
    changed = given._replace(class_token=given.class_token + 5)
    assert torch.equal(evidence_map(changed, direction, mean, (DIM, DIM)), before)


def test_heat_of_each_image_runs_from_0_to_its_own_1() -> None:
    evidence = normal(5, 3, 4)
    evidence[1] *= 100
    heat = to_heat(evidence)
    assert heat.min() == 0
    assert heat.amax(dim=(1, 2)).tolist() == pytest.approx([1] * 5)
    assert ((heat > 0) == (evidence > 0)).all()
    torch.testing.assert_close(to_heat(evidence * 3), heat)


def test_where_nothing_speaks_for_the_class_there_is_no_heat() -> None:
    evidence = -normal(2, 3, 4).abs()
    evidence[0, 1, 1] = 0
    assert torch.equal(to_heat(evidence), torch.zeros(2, 3, 4))


def test_attention_heat_is_the_mean_over_heads_scaled_to_its_range() -> None:
    attention = normal(2, 3, 4).softmax(dim=2)
    heat = attention_heat(attention)
    assert heat.shape == (2, 2, 2)
    for image in range(2):
        means = [sum(attention[image, head, n].item() for head in range(3)) / 3 for n in range(4)]
        expected = [(value - min(means)) / (max(means) - min(means)) for value in means]
        assert heat[image].flatten().tolist() == pytest.approx(expected, abs=1e-4)


def test_even_attention_has_no_heat() -> None:
    heat = attention_heat(torch.full((2, 3, 16), 1 / 16))
    assert torch.equal(heat, torch.zeros(2, 4, 4))
