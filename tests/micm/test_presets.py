"""What is decided for a run: its time, its views and the rest, from the images, the device and the time granted."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import tiny_run, write_images

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.presets import (
    LADDER,
    MINUTES,
    MOST_PASSES,
    Choice,
    ImageFacts,
    Views,
    choose,
    image_facts,
    keep_choices,
)

LINE = ImageFacts(count=1800, edge=200)


def chosen(facts: ImageFacts = LINE, device: str = "cpu", threads: int = 2, **changes: object) -> PretrainConfig:
    return choose(PretrainConfig(**changes), facts, device, threads).config  # type: ignore[arg-type]


def views(config: PretrainConfig) -> Views:
    return Views(config.crop_size, config.local_crops, config.local_crop_size)


@pytest.mark.parametrize("preset", ["quick", "standard", "thorough"])
def test_a_preset_gives_a_time_where_none_was_asked_for(preset: str) -> None:
    assert chosen(preset=preset).minutes == MINUTES[preset]
    assert chosen(preset=preset, minutes=0.5).minutes == 0.5
    by_epochs = chosen(preset=preset, epochs=7)
    assert (by_epochs.minutes, by_epochs.epochs) == (None, 7)


def test_longer_presets_take_longer_and_show_more() -> None:
    runs = [chosen(preset=name) for name in ("quick", "standard", "thorough")]
    assert [run.minutes for run in runs] == sorted(MINUTES.values())
    costs = [views(run).cost for run in runs]
    assert costs == sorted(costs) and len(set(costs)) == 3


def test_ten_minutes_on_a_laptop_stay_with_the_views_that_learn_most_per_minute() -> None:
    assert views(chosen(minutes=10)) == LADDER[0]
    assert chosen(minutes=10).batch_size == PretrainConfig().batch_size


def test_a_night_on_a_graphics_card_is_used() -> None:
    run = chosen(ImageFacts(20_000, 1024), "cuda", minutes=480)
    assert views(run) == LADDER[-1]
    assert (run.batch_size, run.prototypes) == (256, 2048)
    assert run.teacher_momentum[0] > 0.98
    assert run.epochs is None


def test_few_images_end_a_long_run_early_and_the_reason_is_said() -> None:
    facts = ImageFacts(40, 1024)
    choice = choose(PretrainConfig(minutes=480), facts, "cpu", 4)
    assert (choice.config.epochs, choice.config.minutes) == (MOST_PASSES, 480)
    assert any("480" in reason and str(MOST_PASSES) in reason for reason in choice.reasons)
    assert len(choose(PretrainConfig(minutes=5), LINE, "cpu", 2).reasons) == 1


@pytest.mark.parametrize(("edge", "crop"), [(32, 96), (100, 96), (130, 128), (200, 192), (4000, 224), (0, 224)])
def test_crops_are_not_larger_than_the_images(edge: int, crop: int) -> None:
    assert chosen(ImageFacts(1000, edge), "cuda", minutes=10_000).crop_size == crop


def test_a_small_defect_gets_pixels_and_is_not_cropped_away() -> None:
    facts = ImageFacts(1000, 2000)
    plain, small = chosen(facts, minutes=30), chosen(facts, minutes=30, detail=0.05)
    assert small.detail * small.crop_size >= 10 > plain.crop_size * 0.05
    assert small.local_crops == 0
    assert small.global_scale[0] > plain.global_scale[0]
    large = chosen(facts, minutes=30, detail=0.6)
    assert replace(large, detail=0.0) == plain


def test_what_was_asked_for_stays() -> None:
    asked = tiny_run(batch_size=12, local_crops=3, crop_size=48, teacher_momentum=(0.9, 1.0), prototypes=77)
    found = choose(asked, LINE, "cuda").config
    assert replace(found, epochs=asked.epochs) == asked


@given(
    count=st.integers(16, 1_000_000),
    edge=st.integers(0, 8000),
    minutes=st.floats(0.01, 10_000),
    more=st.floats(1, 100),
    device=st.sampled_from(["cpu", "cuda", "mps"]),
    detail=st.just(0.0) | st.floats(0.001, 1),
)
def test_more_time_never_means_less(
    count: int, edge: int, minutes: float, more: float, device: str, detail: float
) -> None:
    facts = ImageFacts(count, edge)
    short, long = (chosen(facts, device, minutes=m, detail=detail) for m in (minutes, minutes * more))
    assert views(short).cost <= views(long).cost
    for run in (short, long):
        assert run.crop_size % 16 == 0 and 96 <= run.crop_size <= 224
        assert 64 <= run.prototypes <= 8192
        assert 32 <= run.batch_size <= 256
        assert 0.97 <= run.teacher_momentum[0] <= 0.996
    assert chosen(facts, device, minutes=minutes, detail=detail) == short


def test_facts_come_from_the_files(tmp_path: Path) -> None:
    paths = write_images(tmp_path, 5)
    (tmp_path / "broken.png").write_bytes(b"no image")
    assert image_facts([*paths, tmp_path / "broken.png", tmp_path / "gone.png"]) == ImageFacts(7, 40)
    assert image_facts([tmp_path / "gone.png"]) == ImageFacts(1, 0)


def test_a_resumed_run_keeps_what_was_chosen_and_takes_a_new_end() -> None:
    saved = chosen(ImageFacts(20_000, 1024), "cuda", minutes=480, seed=3)
    assert keep_choices(PretrainConfig(), saved) == saved
    again = keep_choices(PretrainConfig(epochs=4), saved)
    assert (again.minutes, again.epochs) == (None, 4)
    assert replace(again, minutes=480.0, epochs=None) == saved
    assert keep_choices(PretrainConfig(batch_size=12), saved).batch_size == 12


def test_a_run_that_ends_after_enough_passes_does_so_when_it_is_resumed_with_the_same_words() -> None:
    asked = PretrainConfig(minutes=480)
    saved = choose(asked, ImageFacts(20, 96), "cpu", 4).config
    assert saved.epochs == MOST_PASSES
    assert keep_choices(asked, saved) == saved
    assert keep_choices(PretrainConfig(minutes=600), saved) == replace(saved, minutes=600)
    assert keep_choices(PretrainConfig(epochs=1000), saved) == replace(saved, minutes=None, epochs=1000)


def test_the_choice_is_put_in_words() -> None:
    choice: Choice = choose(PretrainConfig(preset="standard"), LINE, "cpu", 2)
    assert "two crops of 96 px and 2 of 48 px" in choice.reasons[0]
