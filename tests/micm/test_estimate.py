"""The estimate before a run: its arithmetic, and that it agrees with the run that follows."""

from pathlib import Path

import pytest
from tiny_micm import run_to_end, tiny_run

from micm_desktop.micm.estimate import duration, estimate, extrapolate
from micm_desktop.micm.events import Step
from micm_desktop.progress import Cancelled, JobControl, UserError


def test_passes_and_time_follow_from_the_time_of_a_step() -> None:
    by_minutes = extrapolate(tiny_run(epochs=None, minutes=2, batch_size=10), 100, 0.5, 10, 0.02)
    assert by_minutes.images_per_second == 20
    assert (by_minutes.seconds, by_minutes.epochs) == (120, 24)
    assert by_minutes.reading_seconds == 1
    by_epochs = extrapolate(tiny_run(epochs=7, batch_size=10), 105, 0.5, 10, 0.0)
    assert (by_epochs.seconds, by_epochs.epochs) == (35, 7)
    first_of_both = extrapolate(tiny_run(epochs=7, minutes=100, batch_size=10), 100, 0.5, 10, 0.0)
    assert (first_of_both.seconds, first_of_both.epochs) == (35, 7)
    fewer_than_a_batch = extrapolate(tiny_run(epochs=3, batch_size=64), 16, 0.5, 16, 0.0)
    assert (fewer_than_a_batch.seconds, fewer_than_a_batch.images_per_second) == (1.5, 32)


def test_the_estimate_counts_the_steps_that_the_run_takes(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(epochs=3)
    found = estimate(pictures, config, JobControl())
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", config)
    steps = sum(isinstance(event, Step) for event in events)
    assert found.epochs == pytest.approx(3)
    # How long they take in the end depends on what else the computer does, so only the count is compared.
    assert found.seconds == pytest.approx(steps * found.seconds_per_step)
    assert found.images_per_second == pytest.approx(config.batch_size / found.seconds_per_step)
    assert 0 < found.seconds_per_step < 60


def test_it_leaves_no_file_and_changes_no_run(pictures: list[Path], tmp_path: Path) -> None:
    def losses(name: str) -> list[float]:
        events = run_to_end(pictures, tmp_path / name / "encoder.safetensors", tiny_run())
        return [event.losses["total"] for event in events if isinstance(event, Step)]

    before = losses("before")
    files = set(tmp_path.rglob("*"))
    estimate(pictures, tiny_run(), JobControl())
    assert set(tmp_path.rglob("*")) == files
    assert losses("after") == before


def test_it_can_be_cancelled_and_says_what_it_cannot_read(pictures: list[Path], tmp_path: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        estimate(pictures, tiny_run(), control)
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(UserError, match="can be read"):
        estimate([tmp_path / "broken.png", pictures[0]], tiny_run(), JobControl())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3.2, "3 s"), (89, "89 s"), (90, "2 min"), (1700, "28 min"), (5400, "1.5 h"), (9e4, "25.0 h")],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_sentence_says_speed_time_and_passes() -> None:
    found = extrapolate(tiny_run(epochs=None, minutes=10, batch_size=10), 2000, 0.5, 10, 0.02)
    said = found.sentence()
    assert "20 images a second" in said and "10 min after about 20 s of reading" in said and "6 times" in said


def test_a_time_too_short_for_one_pass_is_said_with_a_way_out() -> None:
    said = extrapolate(tiny_run(epochs=None, minutes=1, batch_size=10), 4000, 0.5, 10, 0.0).sentence()
    assert "30%" in said and "3.3 minutes" in said
