"""Collapse: the signals that show it, real ones provoked and mended, and the end of a run that cannot be mended."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import PATCH, cancel_after, run_to_end, same_weights, steps, tiny_run
from torch import Tensor

from micm_desktop.micm import collapse, training_loop
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.collapse import CollapseWatch, Kind, remedied
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.events import Collapse, Done, EpochEnd, Event, Stopped
from micm_desktop.micm.monitor import StepSignals, effective_rank, measure, token_spread
from micm_desktop.micm.step import Targets

HEALTHY = StepSignals(spread=0.3, indecision=0.9, variety=0.95, view_consistency=0.6, chance=1 / 32)
BAD: dict[Kind, StepSignals] = {
    "constant": HEALTHY._replace(spread=0.01),
    "undecided": HEALTHY._replace(indecision=0.999),
    "one-group": HEALTHY._replace(variety=0.05),
    "lost": HEALTHY._replace(view_consistency=1 / 32),
}
DECAYING = tiny_run(epochs=30, weight_decay=(200.0, 200.0))
"""Weights that shrink by four tenths in every step end at constant tokens, with other random numbers too."""


def tokens(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def told(events: list[Event], kind: type[Collapse] | type[Stopped]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


# Signals


def test_spread_against_its_formula() -> None:
    rows = tokens(7, 5).tolist()
    units = [[value / sum(v * v for v in row) ** 0.5 for value in row] for row in rows]
    mean = [sum(column) / 7 for column in zip(*units, strict=True)]
    expected = sum(sum((u - m) ** 2 for u, m in zip(row, mean, strict=True)) for row in units) / 7
    assert token_spread(torch.tensor(rows)).item() == pytest.approx(expected, rel=1e-4)


def test_spread_sees_what_the_effective_rank_does_not() -> None:
    constant = tokens(1, 16) + 1e-4 * tokens(64, 16, seed=1)
    different = tokens(64, 16, seed=2)
    assert effective_rank(constant) > 0.9 * effective_rank(different)
    assert token_spread(constant) < 1e-6 < 0.5 < token_spread(different)


def test_measured_values() -> None:
    rows = torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0.25, 0.25, 0.25, 0.25]])
    same = tokens(2, 8)
    targets = Targets(torch.cat([same, same]), rows, rows[:0], rows, rows[:0])
    found = StepSignals(*measure(targets).tolist())
    mean = np.array([2.25, 1.25, 0.25, 0.25]) / 4
    assert found.spread == pytest.approx(token_spread(same).item())
    assert found.indecision == pytest.approx(0.25)
    assert found.variety == pytest.approx(-(mean * np.log(mean)).sum() / np.log(4))
    assert (found.view_consistency, found.chance) == (1, 0.5)


# The watch


@given(st.lists(st.floats(0.3, 1.0), min_size=5, max_size=60), st.integers(0, 5000), st.floats(1e-6, 1.0))
def test_a_healthy_run_is_left_alone(noise: list[float], total: int, scale: float) -> None:
    """Whatever the scale of the spread, and however it wavers."""
    watch = CollapseWatch()
    for factor in noise:
        signals = HEALTHY._replace(spread=scale * factor, view_consistency=factor)
        assert watch.observe(signals, total) is None
        assert watch.good()


@pytest.mark.parametrize("kind", list(BAD))
@given(total=st.integers(200, 3000), before=st.integers(4, 60))
def test_a_collapse_is_noticed_within_2_percent_of_the_run(kind: Kind, total: int, before: int) -> None:
    watch = CollapseWatch()
    for _ in range(before):
        watch.observe(HEALTHY, total)
    found = [watch.observe(BAD[kind], total) for _ in range(int(0.02 * total))]
    assert kind in found
    assert set(found) <= {kind, None}


def test_an_untrained_network_may_begin_with_equal_tokens() -> None:
    watch = CollapseWatch()
    for spread in (1e-6, 1.1e-6, 5e-6, 1e-4, 0.01, 0.2):
        assert watch.observe(HEALTHY._replace(spread=spread), 100) is None
    assert watch.observe(HEALTHY._replace(spread=1e-4), 100) == "constant"


def test_views_that_were_never_recognised_are_no_collapse() -> None:
    watch = CollapseWatch()
    for _ in range(10):
        assert watch.observe(BAD["lost"], 200) is None


def test_a_failing_state_is_not_good_before_it_is_a_collapse() -> None:
    for signals in (HEALTHY._replace(spread=0.05), HEALTHY._replace(indecision=0.985), HEALTHY._replace(variety=0.2)):
        watch = CollapseWatch()
        watch.observe(HEALTHY, 100)
        assert watch.observe(signals, 100) is None
        assert not watch.good()


def test_each_remedy_is_more_careful_than_the_one_before() -> None:
    config = tiny_run(centering="ema", teacher_temperature=(0.05, 0.1), teacher_momentum=(0.9, 1.0), learning_rate=0.1)
    assert remedied(config, 0) is config
    ladder = [remedied(config, answers) for answers in (1, 2, 3)]
    assert {careful.centering for careful in ladder} == {"sinkhorn"}
    assert [careful.teacher_temperature for careful in ladder] == [
        pytest.approx((value, value)) for value in (0.04, 0.03, 0.0225)
    ]
    assert [careful.teacher_momentum for careful in ladder] == [
        pytest.approx((value, 1.0)) for value in (0.95, 0.975, 0.9875)
    ]
    assert [careful.learning_rate for careful in ladder] == pytest.approx([0.03, 0.009, 0.0027])
    untouched = {"centering", "teacher_temperature", "teacher_momentum", "learning_rate"}
    assert all(
        careful.to_dict()[name] == value
        for careful in ladder
        for name, value in config.to_dict().items()
        if name not in untouched
    )


# Runs


def final_spread(pictures: list[Path], out: Path, config: PretrainConfig) -> tuple[float, list[Event]]:
    events = run_to_end(pictures, out, config)
    ends = [event.monitor["spread"] for event in events if isinstance(event, EpochEnd)]
    return ends[-1] / max(ends), events


def test_a_real_collapse_is_noticed_and_mended(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended, events = final_spread(pictures, tmp_path / "watched.safetensors", DECAYING)
    found = told(events, Collapse)
    assert 1 <= len(found) <= collapse.MOST_ANSWERS
    assert found[0].sentence == "The network began to see the same in every image."
    assert "Sinkhorn" in found[0].remedy and "learning rate 0.0006" in found[0].remedy
    assert not told(events, Stopped)
    assert mended > 0.1
    assert events[-1].completed  # type: ignore[union-attr]
    # Step and time run on: the run is no longer for it, and its steps are numbered as ever.
    assert [step.step for step in steps(events)] == list(range(1, 91))

    monkeypatch.setattr(CollapseWatch, "observe", lambda *_: None)
    monkeypatch.setattr(CollapseWatch, "good", lambda _: True)
    unwatched, events = final_spread(pictures, tmp_path / "unwatched.safetensors", DECAYING)
    assert not told(events, Collapse)
    assert unwatched < collapse.COLLAPSED_SPREAD, "without the watch the collapse stays"


def test_a_sudden_collapse_is_noticed_at_once_and_undone(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At step 31 of 150 the networks are made to say the same of every image."""

    def spoilt(drawn: object, state: Any, *rest: Any, **options: Any) -> object:
        if state.step == 30:
            for network in (state.student, state.teacher):
                torch.nn.init.zeros_(network.network.norm.weight)
        return training_loop_step(drawn, state, *rest, **options)

    training_loop_step = training_loop.train_step
    monkeypatch.setattr(training_loop, "train_step", spoilt)
    out = tmp_path / "encoder.safetensors"
    config = tiny_run(epochs=50)
    events = run_to_end(pictures, out, config)
    (found,) = told(events, Collapse)
    assert 31 <= found.step <= 31 + 0.02 * 150
    good = int(found.remedy.split("at step ")[1].split(" ")[0])
    assert 20 <= good <= 30
    assert load_encoder(out).network.norm.weight.min() > 0.5


def test_a_teacher_that_cannot_decide_is_cooled(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(epochs=10, centering="ema", teacher_temperature=(5.0, 5.0))
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", config)
    (found,) = told(events, Collapse)
    assert found.step <= 2
    assert "no longer told the images apart" in found.sentence
    assert events[-1].completed  # type: ignore[union-attr]


def test_a_run_that_cannot_be_mended_ends_with_what_was_good(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    events = run_to_end(pictures, out, tiny_run(epochs=40, learning_rate=30.0))
    assert len(told(events, Collapse)) == collapse.MOST_ANSWERS
    (stopped,) = told(events, Stopped)
    assert "after every remedy" in stopped.sentence
    assert stopped.step < 120
    done = events[-1]
    assert isinstance(done, Done) and done.completed
    training = load_encoder(out).training
    assert training["steps"] == stopped.step
    assert all(torch.isfinite(value).all() for value in load_encoder(out).network.state_dict().values())
    assert list(tmp_path.iterdir()) == [out]


def test_objectives_that_do_not_train_the_class_token_are_not_watched(pictures: list[Path], tmp_path: Path) -> None:
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", replace(DECAYING, objective="mim"))
    assert not told(events, Collapse)


def test_they_too_go_back_to_what_was_good_a_little_before(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(drawn: object, state: Any, *rest: Any, **options: Any) -> object:
        if state.step == 30:
            torch.nn.init.constant_(state.student.pixel_head.bias, float("nan"))
        return training_loop_step(drawn, state, *rest, **options)

    training_loop_step = training_loop.train_step
    monkeypatch.setattr(training_loop, "train_step", spoilt)
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(epochs=20, objective="mim"))
    (found,) = told(events, Collapse)
    assert found.step == 31 and "no longer a number" in found.sentence
    assert 20 <= int(found.remedy.split("at step ")[1].split(" ")[0]) <= 30


def test_remedies_and_signals_survive_a_restart(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(epochs=10, centering="ema", teacher_temperature=(5.0, 5.0))
    unbroken, broken = tmp_path / "unbroken.safetensors", tmp_path / "broken.safetensors"
    run_to_end(pictures, unbroken, config)
    assert told(cancel_after(9, pictures, broken, config), Collapse)
    events = run_to_end(pictures, broken, config, resume=True)
    assert not told(events, Collapse)
    same_weights(unbroken, broken)
    assert load_encoder(broken).network.config == PATCH
