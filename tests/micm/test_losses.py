"""Each loss against a slow plain formula, and its gradient against finite differences."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from micm_desktop.micm.losses import (
    class_loss,
    patch_loss,
    patchify,
    pixel_loss,
    sinkhorn_distribution,
    teacher_distribution,
    update_center,
)

TEMPERATURE = 0.3


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def cosines(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 2 - 1


def slow_softmax(logits: list[float]) -> list[float]:
    powers = [math.exp(value - max(logits)) for value in logits]
    return [value / sum(powers) for value in powers]


def slow_cross_entropy(teacher: list[float], student: list[float], temperature: float) -> float:
    probabilities = slow_softmax([value / temperature for value in student])
    return -sum(t * math.log(p) for t, p in zip(teacher, probabilities, strict=True))


def test_teacher_distribution_is_a_centred_sharpened_softmax() -> None:
    logits, center = normal(4, 5), normal(5, seed=1)
    found = teacher_distribution(logits, center, TEMPERATURE)
    for row, values in enumerate(logits.tolist()):
        shifted = [(v - c) / TEMPERATURE for v, c in zip(values, center.tolist(), strict=True)]
        assert found[row].tolist() == pytest.approx(slow_softmax(shifted))


def test_teacher_distributions_carry_no_gradient() -> None:
    logits = normal(4, 5).requires_grad_()
    assert not teacher_distribution(logits, torch.zeros(5), TEMPERATURE).requires_grad
    assert not sinkhorn_distribution(logits, TEMPERATURE).requires_grad
    assert not update_center(torch.zeros(5, dtype=torch.float64), logits, 0.9).requires_grad


@pytest.mark.parametrize("views", [2, 3, 5])
def test_class_loss_is_the_mean_over_pairs_of_different_views(views: int) -> None:
    images, prototypes = 3, 4
    student = normal(views, images, prototypes)
    teacher = normal(2, images, prototypes, seed=1).softmax(dim=-1)
    terms = [
        slow_cross_entropy(teacher[g, b].tolist(), student[v, b].tolist(), TEMPERATURE)
        for g in range(2)
        for v in range(views)
        for b in range(images)
        if g != v
    ]
    assert class_loss(student, teacher, TEMPERATURE).item() == pytest.approx(sum(terms) / len(terms))


def test_class_loss_never_compares_a_view_with_itself() -> None:
    student, teacher = normal(2, 3, 4), normal(2, 3, 4, seed=1).softmax(dim=-1)
    teacher[1] = 0  # now only teacher view 0 counts, and it may only be compared with student view 1
    changed = student.clone()
    changed[0] += normal(3, 4, seed=2)
    assert class_loss(changed, teacher, TEMPERATURE) == class_loss(student, teacher, TEMPERATURE)
    changed = student.clone()
    changed[1] += normal(3, 4, seed=2)
    assert class_loss(changed, teacher, TEMPERATURE) != class_loss(student, teacher, TEMPERATURE)


def test_class_loss_gradient() -> None:
    teacher = normal(2, 3, 4, seed=1).softmax(dim=-1)
    student = normal(4, 3, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda s: class_loss(s, teacher, TEMPERATURE), student)


def test_patch_loss_is_the_mean_cross_entropy_over_masked_patches() -> None:
    student, teacher = normal(6, 4), normal(6, 4, seed=1).softmax(dim=-1)
    terms = [slow_cross_entropy(t, s, TEMPERATURE) for t, s in zip(teacher.tolist(), student.tolist(), strict=True)]
    assert patch_loss(student, teacher, TEMPERATURE).item() == pytest.approx(sum(terms) / len(terms))


def test_patch_loss_gradient() -> None:
    teacher = normal(6, 4, seed=1).softmax(dim=-1)
    student = normal(6, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda s: patch_loss(s, teacher, TEMPERATURE), student)


def test_losses_over_masked_patches_are_zero_where_nothing_is_masked() -> None:
    student = normal(0, 4).requires_grad_()
    loss = patch_loss(student, normal(0, 4), TEMPERATURE)
    assert loss.item() == 0
    loss.backward()
    predicted = normal(0, 12).requires_grad_()
    loss = pixel_loss(predicted, normal(1, 3, 4, 4), torch.zeros(1, 4, dtype=torch.bool), 2)
    assert loss.item() == 0
    loss.backward()


def test_pixel_loss_divides_by_the_masked_area() -> None:
    images = normal(2, 3, 4, 6)
    mask = torch.tensor([[1, 0, 0, 0, 1, 1], [0, 0, 1, 0, 0, 0]], dtype=torch.bool)
    predicted = normal(4, 3 * 2 * 2, seed=1)
    squares, position = [], 0
    for image in range(2):
        for patch in range(6):
            if not mask[image, patch]:
                continue
            top, left = patch // 3 * 2, patch % 3 * 2
            values = iter(predicted[position].tolist())
            position += 1
            for channel in range(3):
                for row in range(2):
                    for column in range(2):
                        pixel = images[image, channel, top + row, left + column].item()
                        squares.append((next(values) - pixel) ** 2)
    assert len(squares) == 4 * 12
    assert pixel_loss(predicted, images, mask, 2).item() == pytest.approx(sum(squares) / len(squares), rel=1e-5)


def test_pixel_loss_does_not_shrink_with_the_mask() -> None:
    images = torch.zeros(1, 3, 4, 4)
    few = torch.tensor([[True, False, False, False]])
    every = torch.ones(1, 4, dtype=torch.bool)
    assert pixel_loss(torch.ones(1, 12), images, few, 2) == pixel_loss(torch.ones(4, 12), images, every, 2) == 1


def test_pixel_loss_gradient_is_twice_the_error_over_the_area() -> None:
    images, mask = normal(1, 3, 4, 4), torch.tensor([[True, False, True, False]])
    predicted = normal(2, 12, seed=1).requires_grad_()
    pixel_loss(predicted, images, mask, 2).backward()
    assert predicted.grad is not None
    expected = 2 * (predicted.detach() - patchify(images, 2)[mask]) / 24
    torch.testing.assert_close(predicted.grad, expected, rtol=1e-5, atol=1e-7)


def test_patches_are_numbered_by_rows_and_hold_channels_first() -> None:
    images = torch.arange(3 * 4 * 6).reshape(1, 3, 4, 6)
    patches = patchify(images, 2)
    assert patches.shape == (1, 6, 12)
    for patch in range(6):
        top, left = patch // 3 * 2, patch % 3 * 2
        assert torch.equal(patches[0, patch], images[0, :, top : top + 2, left : left + 2].reshape(-1))


@given(st.integers(2, 24), st.integers(2, 12), st.sampled_from([0.04, 0.07, 0.5]), st.integers(0, 2**31))
def test_sinkhorn_rows_sum_to_one(rows: int, columns: int, temperature: float, seed: int) -> None:
    found = sinkhorn_distribution(cosines(rows, columns, seed=seed).float(), temperature)
    assert (found >= 0).all()
    torch.testing.assert_close(found.sum(dim=1), torch.ones(rows), rtol=1e-4, atol=1e-4)


def test_sinkhorn_gives_every_prototype_nearly_the_same_mass() -> None:
    logits = cosines(64, 8)
    logits[:, 3] += 0.5  # without balancing, this prototype would take almost everything
    plain = (logits / 0.1).softmax(dim=1).sum(dim=0)
    mass = sinkhorn_distribution(logits, 0.1).sum(dim=0)
    assert plain.max() > 3 * 64 / 8
    assert mass.min() > 0.7 * 64 / 8
    assert mass.max() < 1.3 * 64 / 8
    converged = sinkhorn_distribution(logits, 0.1, iterations=100).sum(dim=0)
    torch.testing.assert_close(converged, torch.full((8,), 64 / 8, dtype=torch.float64), rtol=1e-3, atol=0)


def test_sinkhorn_against_a_slow_loop() -> None:
    logits = cosines(5, 3)
    q = [[math.exp(value / TEMPERATURE) for value in row] for row in logits.tolist()]
    for _ in range(2):
        for column in range(3):
            total = sum(row[column] for row in q)
            for row in q:
                row[column] /= total
        q = [[value / sum(row) for value in row] for row in q]
    found = sinkhorn_distribution(logits, TEMPERATURE, iterations=2)
    for row, expected in zip(found.tolist(), q, strict=True):
        assert row == pytest.approx(expected)


def test_sinkhorn_keeps_a_row_that_lies_far_below_the_others() -> None:
    logits = torch.tensor([[1.0, 0.9], [0.8, 1.0], [-1.0, -0.9]])
    found = sinkhorn_distribution(logits, 0.01)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(3))
    assert found[2, 1] > found[2, 0]


def test_center_is_a_moving_average_of_the_mean_logits() -> None:
    center, logits = normal(4), normal(3, 2, 4, seed=1)
    found = update_center(center, logits, 0.9)
    for k in range(4):
        mean = sum(logits[i, j, k].item() for i in range(3) for j in range(2)) / 6
        assert found[k].item() == pytest.approx(0.9 * center[k].item() + 0.1 * mean)
