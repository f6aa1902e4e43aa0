"""Dynamic balance: what each signal does to the mask ratio and to the class loss, and that a run is steered by it."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import PATCH, cancel_after, randomise, run_to_end, same_weights, steps, tiny_run

from micm_desktop.micm import training_loop
from micm_desktop.micm.balance import (
    FIRST_HIDDEN,
    FIRST_WEIGHT,
    LEAST_HIDDEN,
    LEAST_WEIGHT,
    MOST_HIDDEN,
    MOST_MASKED,
    MOST_WEIGHT,
    BalanceSignals,
    BalanceState,
    adjust,
)
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.draws import Views, draw_crops, draw_mask
from micm_desktop.micm.events import Balance, Event
from micm_desktop.micm.monitor import StepSignals
from micm_desktop.micm.step import (
    PretrainNetwork,
    gradient_norms,
    loss_terms,
    make_targets,
    student_tokens,
    teacher_tokens,
)

CALM = StepSignals(spread=0.3, indecision=0.9, variety=0.95, view_consistency=0.6, chance=1 / 32)
SETTLED = BalanceState(1.0, 1.0)


def seen(progress: float = 0.5, *, cls: float = 1.0, other: float = 1.0, **signals: float) -> BalanceSignals:
    return BalanceSignals(progress, CALM._replace(**signals), 0.3, cls, other)


def test_both_begin_low_and_rise() -> None:
    state, shares = BalanceState(), []
    assert (state.weight, state.hidden) == (FIRST_WEIGHT, FIRST_HIDDEN)
    for progress in (0.02, 0.04, 0.06, 0.08, 0.09):
        state = adjust(state, seen(progress))
        shares.append((state.weight, state.hidden))
    assert shares == sorted(shares) and len(set(shares)) == len(shares)
    assert shares[-1] == (1.0, 1.0)


def test_the_class_loss_waits_until_the_spread_holds() -> None:
    drawing_together = adjust(BalanceState(), seen(0.05, spread=0.2))
    assert drawing_together.weight == FIRST_WEIGHT
    assert drawing_together.hidden > FIRST_HIDDEN
    assert adjust(BalanceState(), seen(0.05, spread=0.29)).weight > FIRST_WEIGHT


def test_calm_signals_change_nothing() -> None:
    assert adjust(SETTLED, seen()) == SETTLED
    assert adjust(SETTLED, seen(cls=1.9)) == adjust(SETTLED, seen(other=1.9)) == SETTLED


@pytest.mark.parametrize(
    ("signals", "weight", "hidden", "word"),
    [
        ({"cls": 2.1}, -1, 0, "outweighed the rest"),
        ({"other": 2.1}, 1, 0, "The rest outweighed"),
        ({"spread": 0.14, "other": 9.0}, -1, 0, "more alike"),
        ({"variety": 0.4, "other": 9.0}, -1, 0, "lose their variety"),
        ({"indecision": 0.99, "other": 9.0}, -1, 0, "lose their variety"),
        ({"view_consistency": 0.95}, 0, 1, "recognised easily"),
        ({"view_consistency": 0.05}, 0, -1, "hardly recognised"),
    ],
)
def test_each_signal_has_its_answer_and_its_reason(
    signals: dict[str, float], weight: int, hidden: int, word: str
) -> None:
    found = adjust(SETTLED, seen(**signals))
    assert np.sign(found.weight - 1) == weight
    assert np.sign(found.hidden - 1) == hidden
    (reason,) = found.reasons
    assert word in reason


@given(
    st.lists(
        st.builds(
            seen,
            st.floats(0, 0.99),
            cls=st.floats(0, 100),
            other=st.floats(0, 100),
            spread=st.floats(0, 1),
            indecision=st.floats(0, 1),
            variety=st.floats(0, 1),
            view_consistency=st.floats(0, 1),
        ),
        max_size=40,
    ),
    st.floats(0.05, 0.7),
)
def test_whatever_is_seen_the_balance_stays_within_its_bounds(looks: list[BalanceSignals], mask_ratio: float) -> None:
    state, config = BalanceState(), tiny_run(mask_ratio=mask_ratio)
    for look in looks:
        before, state = state, adjust(state, look)
        assert LEAST_WEIGHT <= state.weight <= MOST_WEIGHT
        assert min(FIRST_HIDDEN, LEAST_HIDDEN) <= state.hidden <= MOST_HIDDEN
        assert bool(state.reasons) == ((state.weight, state.hidden) != (before.weight, before.hidden))
        applied = state.applied(config)
        assert 0 < applied.mask_ratio <= MOST_MASKED
        assert applied.lambda_cls == pytest.approx(state.weight * config.lambda_cls)


def test_gradients_that_are_never_measured_move_nothing() -> None:
    assert adjust(SETTLED, seen(cls=1.0, other=0.0)) == adjust(SETTLED, seen(cls=0.0, other=1.0)) == SETTLED


def test_gradient_norms_against_gradients_taken_apart() -> None:
    config = tiny_run(drop_path=0.0, lambda_cls=0.5, lambda_patch=0.0, mask_probability=1.0)
    torch.manual_seed(0)
    student, teacher = PretrainNetwork(PATCH, config), PretrainNetwork(PATCH, config)
    randomise(student, 1, 0.1)
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (4, 40, 40, 3), np.uint8))
    device = torch.device("cpu")
    views = Views(*draw_crops(pixels, PATCH, config, (0, 0), device), draw_mask(8, PATCH, config, (0, 0), device))
    center = torch.zeros(config.prototypes)
    targets = make_targets(teacher, teacher_tokens(teacher, views), config, 0.05, center, center)
    tokens = student_tokens(student, views, config)
    terms = loss_terms(student, tokens, targets, views, config)
    found = gradient_norms(terms, tokens, config)
    assert found.keys() == {"cls", "pixel"}
    for name, weight in (("cls", 0.5), ("pixel", 1.0)):
        for part in tokens:
            part.retain_grad()
            part.grad = None
        (weight * loss_terms(student, tokens, targets, views, config)[name]).backward(retain_graph=True)
        length = math.sqrt(sum(float(part.grad.square().sum()) for part in tokens if part.grad is not None))
        assert found[name].item() == pytest.approx(length, rel=1e-4)
        assert length > 0


def balances(events: list[Event]) -> list[Balance]:
    return [event for event in events if isinstance(event, Balance)]


def test_a_run_is_steered_and_says_so(pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[PretrainConfig] = []

    def watched(drawn: Any, state: Any, config: PretrainConfig, *rest: Any, **options: Any) -> object:
        used.append(config)
        return original(drawn, state, config, *rest, **options)

    original = training_loop.train_step
    monkeypatch.setattr(training_loop, "train_step", watched)
    config = tiny_run(epochs=20, dynamic_balance=True, mask_ratio=0.3, stage2_share=0.25)
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", config)
    found = balances(events)
    assert used[0].mask_ratio == pytest.approx(0.3 * FIRST_HIDDEN)
    assert used[0].lambda_cls == pytest.approx(FIRST_WEIGHT)
    assert len(found) > 4
    for event in found:  # what was said holds from the next step on
        assert (used[event.step].mask_ratio, used[event.step].lambda_cls) == (event.mask_ratio, event.lambda_cls)
        assert event.reasons and event.sentences == (*event.reasons, event.sentence)
    assert max(event.step for event in found) < 45, "stage 2 has its own weights"
    assert all(config.lambda_cls == 0 for config in used[45:])
    assert len(steps(events)) == 60


def test_a_fixed_balance_is_left_alone(pictures: list[Path], tmp_path: Path) -> None:
    assert not balances(run_to_end(pictures, tmp_path / "fixed.safetensors", tiny_run(epochs=4)))
    for objective in ("cl", "mim"):
        config = tiny_run(epochs=4, objective=objective, dynamic_balance=True)
        assert not balances(run_to_end(pictures, tmp_path / "objective.safetensors", config))


def test_the_balance_survives_a_restart(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(epochs=5, dynamic_balance=True)
    unbroken, broken = tmp_path / "unbroken.safetensors", tmp_path / "broken.safetensors"
    run_to_end(pictures, unbroken, config)
    cancel_after(7, pictures, broken, config)
    run_to_end(pictures, broken, config, resume=True)
    same_weights(unbroken, broken)


def test_parts_of_a_batch_measure_the_same_gradients(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(epochs=2, dynamic_balance=True, drop_path=0.0, local_crops=0)
    whole = balances(run_to_end(pictures, tmp_path / "whole.safetensors", config))
    parts = balances(run_to_end(pictures, tmp_path / "parts.safetensors", replace(config, micro_batch=2)))
    assert [(event.step, event.reasons) for event in parts] == [(event.step, event.reasons) for event in whole]
