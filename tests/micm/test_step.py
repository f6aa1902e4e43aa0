"""One training step: the views that are drawn, what the teacher sees, and where gradients go."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_micm import PATCH, randomise, tiny_run
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.draws import Views, draw_crops, draw_mask
from micm_desktop.micm.losses import class_loss, patch_loss, pixel_loss, sinkhorn_distribution, teacher_distribution
from micm_desktop.micm.step import (
    PretrainNetwork,
    StepResult,
    loss_terms,
    make_targets,
    student_tokens,
    teacher_tokens,
    update_teacher,
    weighted_sum,
)

CPU = torch.device("cpu")
BATCH = 4
TEMPERATURE = 0.05


def batch(seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (BATCH, 40, 40, 3), np.uint8))


def views(config: PretrainConfig, seed: int = 0, pixels: Tensor | None = None) -> Views:
    crops = draw_crops(batch() if pixels is None else pixels, PATCH, config, (seed, 5), CPU)
    return Views(*crops, draw_mask(2 * BATCH, PATCH, config, (seed, 5), CPU))


def networks(config: PretrainConfig) -> tuple[PretrainNetwork, PretrainNetwork]:
    torch.manual_seed(0)
    student, teacher = PretrainNetwork(PATCH, config), PretrainNetwork(PATCH, config)
    randomise(student, 1, 0.1)
    randomise(teacher, 2, 0.1)
    return student.train(), teacher.eval()


def losses(student: PretrainNetwork, teacher: PretrainNetwork, drawn: Views, config: PretrainConfig) -> StepResult:
    """One step as train_step takes it, its gradients left to the test."""
    centers = torch.linspace(-0.1, 0.1, config.prototypes), torch.linspace(0.2, -0.2, config.prototypes)
    targets = make_targets(teacher, teacher_tokens(teacher, drawn), config, TEMPERATURE, *centers)
    terms = loss_terms(student, student_tokens(student, drawn, config), targets, drawn, config)
    return StepResult(weighted_sum(terms, config), terms, targets)


def test_view_shapes() -> None:
    drawn = views(tiny_run(local_crops=3))
    assert drawn.global_crops.shape == (2 * BATCH, 3, 32, 32)
    assert drawn.local_crops.shape == (3 * BATCH, 3, 16, 16)
    assert drawn.mask.shape == (2 * BATCH, 16)
    assert len(views(tiny_run(local_crops=0)).local_crops) == 0


def test_the_same_seed_draws_the_same_views_and_another_others() -> None:
    config = tiny_run()
    first, again, other = views(config), views(config), views(config, seed=1)
    assert torch.equal(first.global_crops, again.global_crops)
    assert torch.equal(first.local_crops, again.local_crops)
    assert torch.equal(first.mask, again.mask)
    assert not torch.equal(first.global_crops, other.global_crops)
    assert not torch.equal(first.mask, other.mask)


def test_the_two_global_crops_of_an_image_differ() -> None:
    first, second = views(tiny_run()).global_crops.chunk(2)
    assert all(not torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_views_are_normalised() -> None:
    grey = torch.full((BATCH, 40, 40, 3), 128, dtype=torch.uint8)
    drawn = views(tiny_run(color_jitter=0.0), pixels=grey)
    expected = (128 / 255 - torch.tensor(PATCH.mean)) / torch.tensor(PATCH.std)
    first = drawn.global_crops[:BATCH]  # solarize may turn the second
    torch.testing.assert_close(first, expected.view(1, 3, 1, 1).expand_as(first))


def test_the_total_is_the_weighted_sum_of_the_terms() -> None:
    config = tiny_run(lambda_cls=0.3, lambda_patch=0.7, lambda_pixel=2.0, mask_probability=1.0)
    result = losses(*networks(config), views(config), config)
    terms = {name: value.item() for name, value in result.terms.items()}
    assert all(value > 0 for value in terms.values())
    assert result.loss.item() == pytest.approx(0.3 * terms["cls"] + 0.7 * terms["patch"] + 2.0 * terms["pixel"])


@pytest.mark.parametrize("centering", ["ema", "sinkhorn"])
def test_terms_are_the_losses_of_the_views(centering: str) -> None:
    """Every term again, from separate passes over each view."""
    config = tiny_run(local_crops=2, mask_probability=1.0, centering=centering)
    (student, teacher), drawn = networks(config), views(config)
    found = losses(student, teacher, drawn, config)
    class_center = torch.linspace(-0.1, 0.1, config.prototypes)
    patch_center = torch.linspace(0.2, -0.2, config.prototypes)

    def sharpened(logits: Tensor, center: Tensor) -> Tensor:
        if centering == "sinkhorn":
            return sinkhorn_distribution(logits, TEMPERATURE)
        return teacher_distribution(logits, center, TEMPERATURE)

    with torch.no_grad():
        target = teacher.network(drawn.global_crops)
        class_target = sharpened(teacher.head(target.class_token), class_center)
        patch_target = sharpened(teacher.head(target.patch_tokens[drawn.mask]), patch_center)
        seen = student.network(drawn.global_crops, drawn.mask)
        local_tokens = torch.cat([student.network(crop).class_token for crop in drawn.local_crops.chunk(2)])
        by_view = [*student.head(seen.class_token).chunk(2), *student.head(local_tokens).chunk(2)]
        hidden = seen.patch_tokens[drawn.mask]
        expected = {
            "cls": class_loss(torch.stack(by_view), torch.stack(class_target.chunk(2)), config.student_temperature),
            "patch": patch_loss(student.head(hidden), patch_target, config.student_temperature),
            "pixel": pixel_loss(student.pixel_head(hidden), drawn.global_crops, drawn.mask, PATCH.patch_size),
        }
    for name, value in expected.items():
        assert found.terms[name].item() == pytest.approx(value.item(), rel=1e-4)


def test_the_teacher_sees_no_mask() -> None:
    config = tiny_run(mask_probability=1.0)
    (student, teacher), drawn = networks(config), views(config)
    result = losses(student, teacher, drawn, config)
    with torch.no_grad():
        unmasked = teacher.network(drawn.global_crops)
    assert torch.equal(result.targets.class_tokens, unmasked.class_token)
    assert torch.equal(result.targets.patch_logits, teacher.head(unmasked.patch_tokens[drawn.mask]))
    other = replace(drawn, mask=drawn.mask.flip(0))
    assert torch.equal(losses(student, teacher, other, config).targets.class_logits, result.targets.class_logits)


def test_the_teacher_gets_no_gradient_and_the_student_does() -> None:
    config = tiny_run(mask_probability=1.0)
    student, teacher = networks(config)
    assert all(parameter.requires_grad for parameter in teacher.parameters())  # nothing but the step holds it back
    result = losses(student, teacher, views(config), config)
    result.loss.backward()
    assert all(parameter.grad is None for parameter in teacher.parameters())
    assert [name for name, parameter in student.named_parameters() if parameter.grad is None] == []
    assert not result.targets.class_logits.requires_grad
    assert not result.targets.patch_logits.requires_grad
    assert not result.targets.class_distributions.requires_grad


def test_in_stage_2_the_teacher_gets_no_gradient_either() -> None:
    config = tiny_run(mask_probability=1.0).for_stage2()
    student, teacher = networks(config)
    result = losses(student, teacher, views(config), config)
    assert set(result.terms) == {"cls", "patch", "pixel", "pseudo"}
    result.loss.backward()
    assert all(parameter.grad is None for parameter in teacher.parameters())
    assert [name for name, parameter in student.named_parameters() if parameter.grad is None] == []


def test_terms_without_weight_are_zero_and_move_nothing() -> None:
    config = tiny_run(lambda_cls=0.0, lambda_patch=0.0, lambda_pixel=1.0, mask_probability=1.0)
    student, teacher = networks(config)
    result = losses(student, teacher, views(config), config)
    assert result.terms["cls"] == result.terms["patch"] == 0
    assert result.loss == result.terms["pixel"] > 0
    result.loss.backward()
    assert all(parameter.grad is None for parameter in student.head.parameters())


def test_a_batch_without_any_mask() -> None:
    config = tiny_run(mask_probability=0.0)
    result = losses(*networks(config), views(config), config)
    assert result.terms["patch"] == result.terms["pixel"] == 0
    assert result.loss == result.terms["cls"] > 0


def test_teacher_follows_by_a_moving_average() -> None:
    student, teacher = networks(tiny_run())
    before = [parameter.detach().clone() for parameter in teacher.parameters()]
    update_teacher(teacher, student, 0.9)
    for old, new, theirs in zip(before, teacher.parameters(), student.parameters(), strict=True):
        torch.testing.assert_close(new, 0.9 * old + 0.1 * theirs)
    kept = [parameter.detach().clone() for parameter in teacher.parameters()]
    update_teacher(teacher, student, 1.0)
    assert all(torch.equal(old, new) for old, new in zip(kept, teacher.parameters(), strict=True))


def test_teacher_takes_over_the_student_s_statistics() -> None:
    student, teacher = torch.nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)
    student(torch.randn(4, 3, 2, 2))
    update_teacher(teacher, student, 0.9)
    assert torch.equal(teacher.running_mean, student.running_mean)
    assert torch.equal(teacher.num_batches_tracked, student.num_batches_tracked)
