"""A run ends where its signals no longer improve, never in its first half, and says why."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import run_to_end, steps, tiny_run

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.early_stop import CHECK_SHARE, PATIENCE, SMOOTHED_LOOKS, EarlyStop, Plateau, stops_early
from micm_desktop.micm.events import Done, Stopped
from micm_desktop.micm.monitor import StepSignals

ON = tiny_run(early_stop=True)
LOOKS = [number * CHECK_SHARE * 1.001 for number in range(1, 40)]


def signals(consistency: float) -> StepSignals:
    return StepSignals(0.3, 0.9, 0.95, consistency, 1 / 32)


def end(config: PretrainConfig, values: list[dict[str, Any]], tagged: int = 0) -> tuple[float, str] | None:
    """Progress and reason where a run would end whose signals, look by look, are ``values``."""
    stop = EarlyStop(config, Plateau(), tagged)
    for progress, value in zip(LOOKS, values, strict=True):
        stop.add({"total": value.get("loss", 5.0), "cls": 1.0}, signals(value.get("consistency", 0.5)))
        if stop.is_due(progress):
            reason = stop.look(progress, value.get("accuracy"))
            if reason is not None:
                return progress, reason
    return None


def test_long_runs_by_time_may_end_early_and_runs_by_passes_do_not() -> None:
    assert stops_early(tiny_run(epochs=None, minutes=30.0))
    assert not stops_early(tiny_run(epochs=None, minutes=5.0))
    assert not stops_early(tiny_run(epochs=1000))
    assert stops_early(tiny_run(epochs=1000, early_stop=True))
    assert not stops_early(tiny_run(epochs=None, minutes=30.0, early_stop=False))


def test_a_run_that_learns_nothing_ends_at_its_half() -> None:
    found = end(ON, [{} for _ in LOOKS])
    assert found is not None
    assert found[0] == pytest.approx(0.5, abs=CHECK_SHARE + 1e-6)
    assert "since 3 % of the planned time" in found[1]


@pytest.mark.parametrize("name", ["consistency", "loss"])
def test_a_run_that_still_gains_anything_goes_on(name: str) -> None:
    values = [{name: 0.3 + 0.01 * look if name == "consistency" else 5 * 0.99**look} for look in range(len(LOOKS))]
    assert end(ON, values) is None


def test_a_run_ends_its_patience_after_the_last_gain() -> None:
    values = [{"consistency": min(look, 20) * 0.02} for look in range(len(LOOKS))]
    found = end(ON, values)
    assert found is not None
    last_gain = LOOKS[20 + SMOOTHED_LOOKS - 2]  # the smoothed one after it gains too little
    assert found[0] == pytest.approx(last_gain + PATIENCE, abs=CHECK_SHARE + 1e-6)
    assert f"since {round(100 * last_gain)} %" in found[1]


def test_noise_alone_is_no_gain() -> None:
    """The consistency of a thousand images, drawn anew at every look, wavers by almost 2 points."""
    ends = []
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.018, len(LOOKS))
        found = end(ON, [{"consistency": 0.6 + value} for value in noise])
        ends.append(found[0] if found is not None else 1.0)
    assert np.median(ends) < 0.6 and max(ends) < 1


def test_tags_decide_alone_where_they_are_enough() -> None:
    falling_loss = [{"loss": 5 * 0.98**look, "accuracy": 0.8} for look in range(len(LOOKS))]
    found = end(ON, falling_loss, tagged=20)
    assert found is not None and "tagged images" in found[1]
    assert end(ON, falling_loss, tagged=6) is None, "six images tell too little"
    solved = [value | {"accuracy": 1.0} for value in falling_loss]
    assert end(ON, solved, tagged=20) is None, "all right already: they cannot show what is gained"


@given(st.lists(st.floats(0.01, 10), min_size=39, max_size=39), st.lists(st.floats(0, 1), min_size=39, max_size=39))
def test_never_in_the_first_half(losses: list[float], consistency: list[float]) -> None:
    values = [{"loss": loss, "consistency": seen} for loss, seen in zip(losses, consistency, strict=True)]
    found = end(ON, values)
    assert found is None or found[0] >= 0.5


def test_stage_2_gets_its_chance() -> None:
    """Nothing improves after the beginning, but stage 2 begins at three quarters and has the patience anew."""
    config = replace(ON, stage2_share=0.25)
    assert end(config, [{} for _ in LOOKS]) is None
    longer = replace(ON, stage2_share=0.4)
    found = end(longer, [{} for _ in LOOKS])
    assert found is not None
    assert found[0] == pytest.approx(0.6 + PATIENCE, abs=CHECK_SHARE + 1e-6)


def test_a_real_run_that_cannot_learn_ends_early_and_is_complete(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    frozen = tiny_run(epochs=20, learning_rate=1e-12, drop_path=0.0, early_stop=True, objective="cl")
    events = run_to_end(pictures, out, frozen)
    (stopped,) = [event for event in events if isinstance(event, Stopped)]
    assert 30 <= stopped.step < 60
    assert steps(events)[-1].step == stopped.step
    done = events[-1]
    assert isinstance(done, Done) and done.completed
    assert list(tmp_path.iterdir()) == [out]
