"""Stage 2: pseudo-positive pairs, and a run that passes from one stage to the other."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import cancel_after, run_to_end, same_weights, steps, tiny_run
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.stage2 import nearest_neighbours, pseudo_positive_loss
from micm_desktop.micm.training_state import new_state

HALF = tiny_run(stage2_share=0.5, stage2_weight=0.3, lambda_pixel=0.2)
"""Steps 1 to 3 are stage 1, steps 4 to 6 stage 2."""


def logits(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def cosine(a: list[float], b: list[float]) -> float:
    length = math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / length


def test_neighbours_against_a_slow_search() -> None:
    views = logits(2, 9, 5)
    likeness = [
        [sum(cosine(view[i].tolist(), view[j].tolist()) for view in views) / 2 if i != j else -9 for j in range(9)]
        for i in range(9)
    ]
    assert nearest_neighbours(views).tolist() == [row.index(max(row)) for row in likeness]


@given(st.integers(2, 12), st.integers(1, 4), st.integers(0, 2**31), st.booleans())
def test_nobody_is_their_own_neighbour(images: int, prototypes: int, seed: int, all_alike: bool) -> None:
    values = torch.ones(2, images, prototypes) if all_alike else logits(2, images, prototypes, seed=seed)
    found = nearest_neighbours(values)
    assert (found != torch.arange(images)).all()
    assert ((found >= 0) & (found < images)).all()


def test_loss_against_its_formula() -> None:
    student, teacher = logits(2, 4, 3, seed=1), logits(2, 4, 3, seed=2).softmax(dim=-1)
    neighbours, temperature = [2, 0, 3, 1], 0.5
    losses = []
    for view in (0, 1):
        for image, neighbour in enumerate(neighbours):
            powers = [math.exp(value / temperature) for value in student[1 - view, neighbour].tolist()]
            shared = sum(t * s / sum(powers) for t, s in zip(teacher[view, image].tolist(), powers, strict=True))
            target = 1.0
            losses.append(-(target * math.log(shared) + (1 - target) * math.log(1 - shared)))
    found = pseudo_positive_loss(student, teacher, torch.tensor(neighbours), temperature)
    assert found.item() == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_agreement_costs_nothing_and_indecision_does() -> None:
    neighbours = torch.tensor([1, 0])
    sure = torch.zeros(2, 2, 6)
    sure[:, :, 3] = 1
    assert pseudo_positive_loss(sure, sure, neighbours, 0.01).item() == pytest.approx(0, abs=1e-6)
    uniform = torch.full((2, 2, 6), 1 / 6)
    assert pseudo_positive_loss(uniform, uniform, neighbours, 0.01).item() == pytest.approx(math.log(6))
    other = sure.roll(1, 2)
    assert pseudo_positive_loss(other, sure, neighbours, 0.1).item() == pytest.approx(10, rel=1e-3)


def test_the_teacher_gets_no_gradient() -> None:
    student, teacher = logits(2, 4, 3, seed=1).requires_grad_(), logits(2, 4, 3, seed=2).requires_grad_()
    neighbours = torch.tensor([2, 0, 0, 1])
    pseudo_positive_loss(student, teacher.softmax(dim=-1), neighbours, 0.5).backward()
    assert teacher.grad is None
    assert student.grad is not None
    pulled = student.grad.abs().sum(dim=(0, 2)) > 0
    assert pulled.tolist() == [True, True, True, False]  # the last image is nobody's neighbour


def test_settings_of_stage_2() -> None:
    config = replace(HALF, local_crops=3).for_stage2()
    assert (config.lambda_cls, config.lambda_patch, config.lambda_pixel, config.lambda_pseudo) == (0, 0, 1, 0.3)
    assert config.local_crops == 0


def test_other_objectives_have_no_stage_2() -> None:
    for objective in ("mim", "cl"):
        assert tiny_run(objective=objective, stage2_share=0.5).for_objective().stage2_share == 0
    assert HALF.for_objective().stage2_share == 0.5


def test_a_run_passes_from_stage_1_to_stage_2(pictures: list[Path], tmp_path: Path) -> None:
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", replace(HALF, mask_probability=1.0))
    first, second = steps(events)[:3], steps(events)[3:]
    for step in first:
        assert "pseudo" not in step.losses
        assert step.losses["cls"] > 0 and step.losses["patch"] > 0
    for step in second:
        losses = step.losses
        assert losses["cls"] == losses["patch"] == 0
        assert losses["pseudo"] > 0
        assert losses["total"] == pytest.approx(losses["pixel"] + 0.3 * losses["pseudo"], rel=1e-5)


def test_the_student_of_stage_2_begins_as_the_teacher_of_stage_1() -> None:
    state = new_state(HALF, torch.device("cpu"))
    for parameter in state.student.parameters():
        parameter.grad = torch.ones_like(parameter)
    state.optimizer.step()
    assert state.optimizer.state
    assert not torch.equal(state.student.network.class_token, state.teacher.network.class_token)
    state.begin_stage2()
    for name, value in state.teacher.state_dict().items():
        assert torch.equal(state.student.state_dict()[name], value)
    assert not state.optimizer.state
    assert state.stage == 2
    assert all(parameter.requires_grad for parameter in state.student.head.parameters())


@pytest.mark.parametrize("step", [2, 3, 4])
def test_resuming_works_across_the_border(step: int, pictures: list[Path], tmp_path: Path) -> None:
    unbroken, broken = tmp_path / "unbroken.safetensors", tmp_path / "broken.safetensors"
    run_to_end(pictures, unbroken, HALF)
    cancel_after(step, pictures, broken, HALF)
    run_to_end(pictures, broken, HALF, resume=True)
    same_weights(unbroken, broken)


def schedule(**changes: float) -> PretrainConfig:
    return tiny_run(learning_rate=1.0, warmup=0.25, final_learning_rate=0.01, **changes)


def test_each_stage_has_its_own_schedules() -> None:
    config = replace(schedule(stage2_share=0.25, stage2_learning_rate=0.5), teacher_momentum=(0.9, 1.0))
    alone = schedule()
    for done in (0.0, 0.1, 0.5, 0.9):
        inside = settings_at(config, done * 0.75)
        assert inside.stage == 1
        assert inside.learning_rate == pytest.approx(settings_at(alone, done).learning_rate)
        assert inside.prototypes_frozen == settings_at(alone, done).prototypes_frozen
    begin, peak, end = (settings_at(config, 0.75 + share * 0.25) for share in (0.0, 0.25, 0.999))
    assert {begin.stage, peak.stage, end.stage} == {2}
    assert begin.learning_rate < 1e-6
    assert peak.learning_rate == pytest.approx(0.5)
    assert end.learning_rate == pytest.approx(0.01, abs=1e-3)
    assert begin.teacher_momentum == 0.9
    assert end.teacher_momentum == pytest.approx(1.0, abs=1e-3)
    assert begin.teacher_temperature == end.teacher_temperature == config.teacher_temperature[1]
    assert not begin.prototypes_frozen


def test_a_run_may_be_all_of_one_stage() -> None:
    assert settings_at(schedule(), 0.999).stage == 1
    assert settings_at(schedule(stage2_share=1.0), 0.0).stage == 2
