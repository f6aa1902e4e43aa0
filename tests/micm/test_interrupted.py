"""A run that is paused, cancelled, abandoned or killed loses nothing, and goes on as if it had never stopped."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_micm
import torch
from PIL import Image
from tiny_micm import cancel_after, run_to_end, same_weights, tiny_run, write_images

import micm_desktop
from micm_desktop.micm.checkpoint import STATE_FORMAT, load_encoder, read_tensors, save_encoder, write_tensors
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.early_stop import Plateau
from micm_desktop.micm.events import Checkpoint, Done, Event, Notice, Started, Step
from micm_desktop.micm.image_set import ImageSet
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.micm.state_file import KEPT_ASIDE, SavedRun, keep_aside
from micm_desktop.micm.trainer import pretrain
from micm_desktop.micm.training_state import TrainingState, new_state
from micm_desktop.progress import JobControl, UserError

KILLED = """
import json, sys
from pathlib import Path
from micm_desktop.micm import training_loop
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.events import Checkpoint, Step
from micm_desktop.micm.trainer import pretrain
from micm_desktop.progress import JobControl

training_loop.SLOW_SAVE = float("inf")  # a computer that tests may have a slow disk
images, out, config = [Path(name) for name in json.loads(sys.argv[1])], Path(sys.argv[2]), json.loads(sys.argv[3])
for event in pretrain(images, out, PretrainConfig.from_dict(config), JobControl()):
    if isinstance(event, Checkpoint):
        print("saved", event.step, flush=True)
    elif isinstance(event, Step):
        print("trained", event.step * 8 / event.images_per_second, flush=True)
"""


def start_to_kill(images: list[Path], out: Path, config: PretrainConfig) -> "subprocess.Popen[str]":
    """A process of its own that pretrains; it prints each state it has saved, and the seconds trained so far."""
    paths = os.pathsep.join([str(Path(micm_desktop.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    arguments = [json.dumps([str(path) for path in images]), str(out), json.dumps(config.to_dict())]
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "encoder.safetensors"


@pytest.fixture(scope="module")
def unbroken(pictures: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder of a run that nothing stopped."""
    path = tmp_path_factory.mktemp("unbroken") / "encoder.safetensors"
    run_to_end(pictures, path, tiny_run())
    return path


def state_file(out: Path) -> Path:
    return out.with_suffix(".state.safetensors")


def test_cancelling_keeps_the_state_and_the_encoder_so_far(pictures: list[Path], out: Path) -> None:
    events = cancel_after(2, pictures, out, tiny_run())
    assert [type(event) for event in events[-3:]] == [Step, Checkpoint, Done]
    done = events[-1]
    assert isinstance(done, Done)
    assert not done.completed
    assert events[-2] == Checkpoint(state_file(out), 2)
    assert sorted(out.parent.iterdir()) == sorted([out, state_file(out)])
    training = load_encoder(out).training
    assert (training["steps"], training["completed"]) == (2, False)


@pytest.mark.parametrize("step", [1, 4])
def test_a_cancelled_run_goes_on_as_if_it_had_never_stopped(
    step: int, pictures: list[Path], out: Path, unbroken: Path
) -> None:
    """Step 1 lies before the prototypes' first update, step 4 in the middle of the second epoch."""
    cancel_after(step, pictures, out, tiny_run())
    events = run_to_end(pictures, out, tiny_run(), resume=True)
    started = next(event for event in events if isinstance(event, Started))
    assert (started.first_step, started.total_steps) == (step, 6)
    assert [event.step for event in events if isinstance(event, Step)] == list(range(step + 1, 7))
    assert events[-1].completed  # type: ignore[union-attr]
    same_weights(unbroken, out)
    assert list(out.parent.iterdir()) == [out]


def test_a_run_may_be_stopped_more_than_once(pictures: list[Path], out: Path, unbroken: Path) -> None:
    cancel_after(2, pictures, out, tiny_run())
    cancel_after(3, pictures, out, tiny_run(), resume=True)
    run_to_end(pictures, out, tiny_run(), resume=True)
    same_weights(unbroken, out)


def test_cancelling_while_images_are_read_leaves_nothing_behind(pictures: list[Path], out: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(UserError, match="cancelled"):
        run_to_end(pictures, out, tiny_run(), control)
    assert list(out.parent.iterdir()) == []


def test_a_run_that_nobody_listens_to_any_more_cleans_up(pictures: list[Path], out: Path) -> None:
    events = pretrain(pictures, out, tiny_run(), JobControl())
    while not isinstance(next(events), Step):
        pass
    events.close()  # type: ignore[attr-defined]
    assert list(out.parent.iterdir()) == []


def test_nothing_happens_while_paused(pictures: list[Path], out: Path) -> None:
    control = JobControl()
    events = pretrain(pictures, out, tiny_run(), control)
    while not isinstance(next(events), Step):
        pass
    control.pause()
    arrived: list[Event] = []
    waiting = threading.Thread(target=lambda: arrived.append(next(events)), daemon=True)
    waiting.start()
    waiting.join(0.4)
    assert waiting.is_alive()
    assert not arrived
    control.resume()
    waiting.join(20)
    assert [type(event) for event in arrived] == [Step]
    assert arrived[0].step == 2  # type: ignore[union-attr]
    control.pause()
    control.cancel()  # a paused run can be cancelled, too
    assert isinstance(list(events)[-1], Done)


def test_a_pause_does_not_count_as_training_time(pictures: list[Path], out: Path) -> None:
    control, pause, speed = JobControl(), 0.3, 0.0
    began = time.perf_counter()
    for event in pretrain(pictures, out, tiny_run(), control):
        if isinstance(event, Step):
            speed = event.images_per_second
            control.pause()
            threading.Timer(pause, control.resume).start()
    trained = 6 * 8 / speed
    assert trained < time.perf_counter() - began - 5 * pause


def test_a_killed_run_goes_on_from_its_last_checkpoint(pictures: list[Path], out: Path, unbroken: Path) -> None:
    config = tiny_run(checkpoint_seconds=1e-6)
    process = start_to_kill(pictures, out, config)
    assert process.stdout is not None
    while process.stdout.readline() != "saved 2\n":
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert not out.exists()
    events = run_to_end(pictures, out, config, resume=True)
    started = next(event for event in events if isinstance(event, Started))
    assert started.first_step >= 2
    same_weights(unbroken, out)
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.slow
def test_a_kill_costs_no_more_training_than_lies_between_two_states(pictures: list[Path], out: Path) -> None:
    interval, trained, longest = 0.4, 0.0, 0.0
    process = start_to_kill(pictures, out, tiny_run(epochs=100_000, checkpoint_seconds=interval))
    assert process.stdout is not None
    while trained < 3.5 * interval:
        word, _, value = process.stdout.readline().partition(" ")
        if word == "trained":
            longest, trained = max(longest, float(value) - trained), float(value)
    process.kill()
    rest, _ = process.communicate()
    trained = max([trained, *(float(line.split()[1]) for line in rest.splitlines() if line.startswith("trained "))])
    _, metadata = read_tensors(state_file(out), STATE_FORMAT)
    kept = json.loads(metadata["progress"])["elapsed"]
    assert kept > 0
    assert trained - kept <= interval + longest


def test_without_a_state_resuming_starts_at_the_beginning(pictures: list[Path], out: Path, unbroken: Path) -> None:
    run_to_end(pictures, out, tiny_run(), resume=True)
    same_weights(unbroken, out)


def test_a_new_run_keeps_the_stopped_one_aside(pictures: list[Path], out: Path, unbroken: Path) -> None:
    cancel_after(4, pictures, out, tiny_run(seed=1))
    stopped = state_file(out).read_bytes()
    events = run_to_end(pictures, out, tiny_run())
    same_weights(unbroken, out)
    (kept,) = set(out.parent.iterdir()) - {out}
    assert kept.name.startswith("encoder.stopped-")
    assert kept.read_bytes() == stopped
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert str(kept) in notice.sentence and state_file(out).name in notice.sentence
    kept.rename(state_file(out))  # as the notice says
    resumed = run_to_end(pictures, out, tiny_run(seed=1), resume=True)
    assert [event.step for event in resumed if isinstance(event, Step)] == [5, 6]


def test_the_last_stopped_runs_are_kept(pictures: list[Path], out: Path) -> None:
    others = [out.with_name(f"encoder.{name}.safetensors") for name in ("stopped[1].state", "stopped-by-hand")]
    for other in others:
        other.write_bytes(b"another run's")
        os.utime(other, (1, 1))
    for number in range(KEPT_ASIDE + 2):
        state_file(out).write_bytes(b"%d" % number)
        os.utime(state_file(out), (1000 + number, 1000 + number))
        keep_aside(state_file(out))
    kept = sorted(out.parent.glob("encoder.stopped-*-*[0-9].safetensors"), key=lambda file: file.stat().st_mtime)
    assert [file.read_bytes() for file in kept] == [b"2", b"3", b"4"]
    assert all(other.exists() for other in others) and not state_file(out).exists()


def test_runs_stopped_in_the_same_second_are_both_kept(out: Path) -> None:
    for number in range(2):
        state_file(out).write_bytes(b"%d" % number)
        os.utime(state_file(out), (1000, 1000))
        keep_aside(state_file(out))
    assert {file.read_bytes() for file in out.parent.iterdir()} == {b"0", b"1"}


def test_a_run_that_cannot_begin_leaves_the_stopped_one_where_it_is(pictures: list[Path], out: Path) -> None:
    cancel_after(4, pictures, out, tiny_run())
    before = state_file(out).read_bytes()
    with pytest.raises(UserError, match="at least 16"):
        run_to_end(pictures[:3], out, tiny_run())
    assert state_file(out).read_bytes() == before


def test_what_has_changed_among_the_images_is_counted(pictures: list[Path], out: Path, tmp_path: Path) -> None:
    cancel_after(2, pictures, out, tiny_run())
    others = write_images(tmp_path / "others", 24, first_seed=500)
    assert [path.name for path in others] == [path.name for path in pictures]
    before = state_file(out).read_bytes()
    for images, added, gone in (
        (others, 24, 24),
        (pictures[:20], 0, 4),
        ([*pictures, *others[:3]], 3, 0),
        ([*pictures[:-1], others[0]], 1, 1),
        ([*pictures, pictures[0]], 1, 0),
    ):
        with pytest.raises(UserError, match=f": {added} were added and {gone} are gone") as problem:
            run_to_end(images, out, tiny_run(), resume=True)
        assert "bring them back" in str(problem.value) and "start a new run" in str(problem.value)
        assert "--" not in str(problem.value)
        assert state_file(out).read_bytes() == before


def test_larger_images_among_the_same_change_nothing_but_the_count(
    pictures: list[Path], out: Path, tmp_path: Path
) -> None:
    """The size at which images are kept follows from theirs: it is the stopped run's, so that the others are known."""
    cancel_after(2, pictures, out, tiny_run())
    large = tmp_path / "large.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)).save(large)
    with pytest.raises(UserError, match=": 30 were added and 0 are gone"):
        run_to_end([*pictures, *[large] * 30], out, tiny_run(), resume=True)


def test_moved_images_are_still_the_same(pictures: list[Path], out: Path, tmp_path: Path, unbroken: Path) -> None:
    cancel_after(2, pictures, out, tiny_run())
    moved = []
    for number, path in enumerate(pictures):
        moved.append(tmp_path / f"{number:03d}-moved.png")
        moved[-1].write_bytes(path.read_bytes())
    run_to_end(moved, out, tiny_run(), resume=True)
    same_weights(unbroken, out)


@pytest.mark.parametrize(
    "changes",
    [
        {"prototypes": 20},
        {"seed": 1},
        {"batch_size": 6},
        {"objective": "cl"},
        {"learning_rate": 5e-3},
        {"encoder": replace(tiny_micm.PATCH, dim=32)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_other_settings_are_named(changes: dict[str, Any], pictures: list[Path], out: Path) -> None:
    cancel_after(1, pictures, out, tiny_run())
    with pytest.raises(UserError, match=next(iter(changes))):
        run_to_end(pictures, out, tiny_run(**changes), resume=True)


def test_a_network_that_has_changed_under_its_name_is_refused(pictures: list[Path], out: Path, tmp_path: Path) -> None:
    """The saliency head learns on the maps of the network that the run began with; others would make it worthless."""
    start, config = tmp_path / "start.safetensors", tiny_run(init=str(tmp_path / "start.safetensors"))
    save_encoder(start, MicmNetwork(tiny_micm.PATCH), {})
    cancel_after(2, pictures, out, config)
    before = start.read_bytes()
    save_encoder(start, MicmNetwork(tiny_micm.PATCH), {})
    with pytest.raises(UserError, match=r"other settings \(init\)"):
        run_to_end(pictures, out, config, resume=True)
    start.write_bytes(before)
    assert run_to_end(pictures, out, config, resume=True)[-1].completed  # type: ignore[union-attr]


def test_a_run_whose_result_takes_the_place_of_its_beginning_goes_on(pictures: list[Path], out: Path) -> None:
    save_encoder(out, MicmNetwork(tiny_micm.PATCH), {})
    config = tiny_run(init=str(out))
    cancel_after(2, pictures, out, config)  # writes the encoder so far
    events = run_to_end(pictures, out, config, resume=True)
    assert [event.step for event in events if isinstance(event, Step)] == [3, 4, 5, 6]


def restored(out: Path, config: PretrainConfig, processes: int = 1) -> TrainingState:
    saved, state = SavedRun.read(state_file(out)), new_state(config, torch.device("cpu"))
    state.processes = processes
    saved.restore(state, config, ImageSet.from_tensor(saved._tensors["images"]))
    return state


def test_another_number_of_processes_is_refused(pictures: list[Path], out: Path) -> None:
    """Their batch is another one: passes and schedules would be counted anew."""
    cancel_after(2, pictures, out, tiny_run())
    with pytest.raises(UserError, match=r"other settings \(processes\)"):
        restored(out, tiny_run(), processes=2)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux shows which files a process has mapped")
def test_a_resumed_run_does_not_hold_on_to_the_file(pictures: list[Path], out: Path) -> None:
    """Windows does not let a file be replaced that is mapped: the run could never save its state again."""
    cancel_after(2, pictures, out, tiny_run())
    state = restored(out, tiny_run())
    assert state_file(out).name not in Path("/proc/self/maps").read_text()
    assert state.step == 2


def test_what_early_stopping_has_seen_is_forgotten_where_the_end_is_another(pictures: list[Path], out: Path) -> None:
    """It counts in shares of the run."""
    cancel_after(2, pictures, out, tiny_run(early_stop=True))
    assert restored(out, tiny_run(early_stop=True)).plateau.looked_at == pytest.approx(2 / 6)
    assert restored(out, tiny_run(early_stop=True, epochs=20)).plateau == Plateau()


def test_a_run_that_goes_on_for_longer_begins_its_second_stage_anew(
    pictures: list[Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[int] = []
    begin = TrainingState.begin_stage2

    def watched(state: TrainingState) -> None:
        began.append(state.step)
        begin(state)

    monkeypatch.setattr(TrainingState, "begin_stage2", watched)
    cancel_after(4, pictures, out, tiny_run(stage2_share=0.5))
    run_to_end(pictures, out, tiny_run(stage2_share=0.5, epochs=4), resume=True)
    assert began == [3, 6]


def test_a_longer_run_may_follow(pictures: list[Path], out: Path) -> None:
    cancel_after(2, pictures, out, tiny_run())
    events = run_to_end(pictures, out, tiny_run(epochs=3), resume=True)
    assert [event.step for event in events if isinstance(event, Step)] == [3, 4, 5, 6, 7, 8, 9]


def test_a_state_of_another_version_is_named(pictures: list[Path], out: Path) -> None:
    cancel_after(2, pictures, out, tiny_run())
    tensors, metadata = read_tensors(state_file(out), STATE_FORMAT)
    for changes in ({"progress": "{}"}, {"progress": '{"edge": 40}'}, {"config": "[]"}):
        write_tensors(state_file(out), tensors, metadata | changes)
        with pytest.raises(UserError, match="another version"):
            run_to_end(pictures, out, tiny_run(), resume=True)


@pytest.mark.parametrize("content", [b"", b"no state at all" * 20])
def test_a_damaged_state_is_named(content: bytes, pictures: list[Path], out: Path) -> None:
    state_file(out).write_bytes(content)
    with pytest.raises(UserError, match=re.escape(state_file(out).name)):
        run_to_end(pictures, out, tiny_run(), resume=True)
