"""When the state is written while training, and what a full disk does to it."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_micm import cancel_after, run_to_end, steps, tiny_run

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm import training_loop
from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.events import Checkpoint, Done, Event, Notice, Started, Step
from micm_desktop.micm.image_set import ImageSet
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.micm.state_file import state_path
from micm_desktop.micm.trainer import pretrain
from micm_desktop.micm.training_loop import MOST_LOST_SECONDS, TrainingLoop
from micm_desktop.micm.training_state import new_state
from micm_desktop.progress import JobControl, ProcessingError

CPU = torch.device("cpu")


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let the system refuse to write files above ``size`` bytes, as it does on a full disk."""
    if sys.platform == "win32":
        pytest.skip("Windows has no limit on the size of a process' files")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def of_kind(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_the_limit_is_the_system_s_own(tmp_path: Path) -> None:
    with files_limited_to(1000), pytest.raises(OSError) as refused:
        (tmp_path / "large").write_bytes(bytes(2000))
    assert refused.value.errno == errno.EFBIG


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that tests may have a slow one, to which a state is written less often."""
    monkeypatch.setattr(training_loop, "SLOW_SAVE", float("inf"))


@pytest.fixture
def loop(pictures: list[Path], tmp_path: Path) -> TrainingLoop:
    cache = PixelCache(tmp_path / "pixels.tmp", 40)
    list(cache.fill(pictures, JobControl()))
    config = tiny_run(checkpoint_seconds=30.0)
    out = state_path(tmp_path / "encoder.safetensors")
    return TrainingLoop(cache, new_state(config, CPU), config, CPU, JobControl(), out, ImageSet.of(cache.digests))


@pytest.mark.parametrize(
    ("trained", "step", "saving", "good", "due"),
    [
        (28.0, 1.0, 0.1, True, False),
        (29.5, 1.0, 0.1, True, True),
        (1.0, 40.0, 0.1, True, True),  # slow steps: written after each
        (35.0, 1.0, 4.0, True, False),  # slow disk: less often
        (39.5, 1.0, 4.0, True, True),
        (54.5, 1.0, 20.0, True, True),  # but never more than a kill may cost
        (35.0, 1.0, 0.1, False, False),  # doubtful signals: a little later
        (49.5, 1.0, 0.1, False, True),
        (40.0, 16.0, 9.0, False, True),
    ],
)
def test_when_the_state_is_written(
    loop: TrainingLoop, trained: float, step: float, saving: float, good: bool, due: bool
) -> None:
    loop.state.elapsed = trained
    loop._step_seconds, loop._save_seconds, loop._good_now = step, saving, good
    assert loop._save_is_due() == due
    assert due or trained + step <= MOST_LOST_SECONDS < 60


@pytest.mark.usefixtures("quick_disk")
def test_training_goes_on_while_the_disk_is_full(pictures: list[Path], tmp_path: Path) -> None:
    out, control, events = tmp_path / "encoder.safetensors", JobControl(), list[Event]()
    running = pretrain(pictures, out, tiny_run(checkpoint_seconds=1e-6), control)
    for event in running:
        if isinstance(event, Started):
            break
    with files_limited_to(1000):
        for event in running:
            events.append(event)
            if isinstance(event, Step) and event.step == 4:
                break
    (notice,) = of_kind(events, Notice)  # said once, not after every step
    assert str(state_path(out)) in notice.sentence and "free some space" in notice.sentence
    assert not of_kind(events, Checkpoint)
    events += running
    assert [event.step for event in of_kind(events, Checkpoint)] == [4, 5, 6], "tried again, and written once it works"
    assert [step.step for step in steps(events)] == [1, 2, 3, 4, 5, 6]
    assert isinstance(events[-1], Done) and events[-1].completed
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.usefixtures("quick_disk")
def test_a_full_disk_at_the_end_leaves_the_old_encoder_and_a_state_to_go_on_from(
    pictures: list[Path], tmp_path: Path
) -> None:
    out, config = tmp_path / "encoder.safetensors", tiny_run(checkpoint_seconds=1e-6)
    save_encoder(out, MicmNetwork(config.encoder), {})
    before = out.read_bytes()
    running = pretrain(pictures, out, config, JobControl())
    for event in running:
        if isinstance(event, Checkpoint) and event.step == 6:
            break
    with files_limited_to(1000), pytest.raises(ProcessingError, match=r"Free some space.*go on with the stopped run"):
        list(running)
    assert out.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == sorted([out, state_path(out)])
    run_to_end(pictures, out, config, resume=True)
    assert load_encoder(out).training["steps"] == 6
    assert list(tmp_path.iterdir()) == [out]


def test_an_encoder_that_cannot_be_written_costs_no_training(pictures: list[Path], tmp_path: Path) -> None:
    """The disk has room, but the file is in use, say: here a folder stands in its place."""
    out = tmp_path / "encoder.safetensors"
    out.mkdir()
    with pytest.raises(ProcessingError, match="go on with the stopped run"):
        run_to_end(pictures, out, tiny_run())
    out.rmdir()
    events = run_to_end(pictures, out, tiny_run(), resume=True)
    assert not steps(events), "all of them were kept"
    assert load_encoder(out).training["steps"] == 6
    assert list(tmp_path.iterdir()) == [out]


def test_a_full_disk_from_the_beginning_loses_nothing_that_was_there(pictures: list[Path], tmp_path: Path) -> None:
    out, config = tmp_path / "encoder.safetensors", tiny_run(checkpoint_seconds=1e-6)
    save_encoder(out, MicmNetwork(config.encoder), {})
    before = out.read_bytes()
    running = pretrain(pictures, out, config, JobControl())
    while not isinstance(next(running), Started):
        pass
    with files_limited_to(1000), pytest.raises(ProcessingError, match=r"nor could the state.*is unchanged"):
        list(running)
    assert out.read_bytes() == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_disk_too_full_for_the_pixels_is_said_before_training(pictures: list[Path], tmp_path: Path) -> None:
    with files_limited_to(1000), pytest.raises(ProcessingError, match=r"pixels.tmp.*0\.1 MB"):
        run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run())
    assert list(tmp_path.iterdir()) == []


def test_the_room_of_the_pixels_is_given_back_before_the_encoder_is_written(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    original = os.replace

    def watched(path: Path, target: Path) -> Path:
        seen.append(sorted(file.name for file in tmp_path.iterdir()))
        original(path, target)
        return target

    monkeypatch.setattr(Path, "replace", watched)
    run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run())
    assert seen == [["encoder.safetensors.part"]]


def test_cancelling_on_a_full_disk_is_said(pictures: list[Path], tmp_path: Path) -> None:
    out, control = tmp_path / "encoder.safetensors", JobControl()
    running = pretrain(pictures, out, tiny_run(), control)
    events = list[Event]()
    for event in running:
        if isinstance(event, Step):
            break
    control.cancel()
    with files_limited_to(1000), pytest.raises(ProcessingError, match="could not be written"):
        for event in running:
            events.append(event)
    assert len(of_kind(events, Notice)) == 1
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_the_pixels_nowhere(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    cancel_after(2, pictures, out, tiny_run())
    assert sorted(tmp_path.iterdir()) == sorted([out, state_path(out)])
