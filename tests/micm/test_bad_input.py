"""Images and encoders as users have them: what cannot be used is said, nothing is lost, all the rest is done."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tiny_micm import PATCH, run_to_end, steps, tiny_run

from micm_desktop.micm.checkpoint import load_encoder, read_tensors, save_encoder
from micm_desktop.micm.encoder_file import ENCODER_FORMAT, FORMAT_VERSION
from micm_desktop.micm.events import Done, EpochEnd, Notice, Started
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.micm.trainer import MIN_IMAGES
from micm_desktop.progress import UserError


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An encoder from an earlier run, which a new one would replace."""
    path = tmp_path / "out" / "encoder.safetensors"
    torch.manual_seed(9)
    save_encoder(path, MicmNetwork(PATCH), {"note": "before"})
    return path


def refused(images: list[Path], out: Path, words: str, **changes: object) -> str:
    """The message of a run that must not begin, and that leaves everything as it was."""
    before = out.read_bytes()
    with pytest.raises(UserError, match=words) as problem:
        run_to_end(images, out, tiny_run(**changes))
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]
    return str(problem.value)


@pytest.mark.parametrize("count", [0, 1, MIN_IMAGES - 1])
def test_fewer_than_16_images(count: int, pictures: list[Path], out: Path) -> None:
    assert "Add more images" in refused(pictures[:count], out, f"at least {MIN_IMAGES} readable images; {count} were")


def test_16_images_are_enough(pictures: list[Path], out: Path) -> None:
    assert run_to_end(pictures[:MIN_IMAGES], out, tiny_run(epochs=1))[-1].completed  # type: ignore[union-attr]


def test_all_images_identical(pictures: list[Path], out: Path, tmp_path: Path) -> None:
    copies = [Path(shutil.copy(pictures[0], tmp_path / f"{number}.png")) for number in range(20)]
    said = refused(copies, out, "All 20 images show exactly the same")
    assert "nothing to learn" in said and "Add images that differ" in said


def test_one_image_that_differs_is_enough_to_begin(pictures: list[Path], out: Path) -> None:
    events = run_to_end([*[pictures[0]] * 20, pictures[1]], out, tiny_run(epochs=1))
    assert isinstance(events[-1], Done) and events[-1].completed


def test_sizes_from_32_to_8000_pixels_grey_and_colour(out: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = []
    for number, (width, height) in enumerate([(32, 32), (8000, 40), (40, 8000), (300, 200), (64, 48)] * 4):
        shape = (height, width) if number % 2 else (height, width, 3)
        picture = Image.fromarray(rng.integers(0, 256, shape, np.uint8))
        images.append(tmp_path / f"{number}.{'png' if number % 3 else 'bmp'}")
        picture.save(images[-1])
    palette, bilevel, alpha = (tmp_path / f"{name}.png" for name in ("palette", "bilevel", "alpha"))
    colours = Image.fromarray(rng.integers(0, 256, (50, 60, 3), np.uint8))
    colours.convert("P").save(palette)
    colours.convert("1").save(bilevel)
    colours.convert("RGBA").save(alpha)
    events = run_to_end([*images, palette, bilevel, alpha], out, tiny_run(epochs=1))
    started = next(event for event in events if isinstance(event, Started))
    assert (started.images, started.unreadable) == (23, 0)
    assert all(np.isfinite(list(step.losses.values())).all() for step in steps(events))
    assert load_encoder(out).training["images"] == 23


def newer(path: Path) -> None:
    tensors, metadata = read_tensors(path, ENCODER_FORMAT)
    save_file(tensors, path, metadata | {"format_version": str(FORMAT_VERSION + 1)})


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def not_ours(path: Path) -> None:
    save_file({"weight": torch.zeros(3)}, path)


def a_picture(path: Path) -> None:
    Image.new("RGB", (8, 8)).save(path, "PNG")


def a_missing_part(path: Path) -> None:
    tensors, metadata = read_tensors(path, ENCODER_FORMAT)
    del tensors["class_token"]
    save_file(tensors, path, metadata)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (newer, "made by a newer MICM Desktop. Update"),
        (cut_off, "damaged"),
        (not_ours, "not a file of MICM Desktop"),
        (a_picture, "damaged or not a .safetensors file"),
        (a_missing_part, "does not fit this version"),
        (Path.unlink, "There is no encoder file"),
    ],
)
def test_an_encoder_that_cannot_be_started_from_is_named_before_the_images_are_read(
    spoil: Callable[[Path], None], words: str, pictures: list[Path], out: Path, tmp_path: Path
) -> None:
    start = tmp_path / "始め.safetensors"
    save_encoder(start, MicmNetwork(PATCH), {})
    spoil(start)
    before = out.read_bytes()
    events = []
    with pytest.raises(UserError, match=words) as problem:
        events += run_to_end(pictures, out, tiny_run(init=str(start)))
    assert start.name in str(problem.value)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_a_time_too_short_for_one_pass(pictures: list[Path], out: Path, tmp_path: Path) -> None:
    many = pictures * 40
    events = run_to_end(many, out, tiny_run(epochs=None, minutes=1e-6))
    assert len(steps(events)) == 1
    assert not [event for event in events if isinstance(event, EpochEnd)]
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert "8 of the 960 images" in notice.sentence and "minutes" in notice.sentence
    done = events[-1]
    assert isinstance(done, Done) and done.completed and done.epochs == 0
    assert load_encoder(out).training["epochs"] == pytest.approx(8 / 960, abs=0.01)


def test_a_time_long_enough_says_nothing(pictures: list[Path], out: Path) -> None:
    events = run_to_end(pictures, out, replace(tiny_run(epochs=None), minutes=0.02))
    assert len(steps(events)) >= 3
    assert not [event for event in events if isinstance(event, Notice)]
