"""On a CUDA card: what it gives is what the CPU gives, within the rounding of its arithmetic."""

import copy
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from command_line import run
from numpy.typing import NDArray
from one_step import gradients_of, step_that_hides
from safetensors.torch import load_file
from tiny_features import extractor_of, features_of
from tiny_micm import cancel_after, run_to_end, steps, tiny_run
from torch import Tensor

from micm_desktop.explain.evidence import build_patch_bank, class_heat, evidence_map, patch_map
from micm_desktop.images.samples import render_sample
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.events import Done, EpochEnd, Event, Preview, Started
from micm_desktop.micm.prefetch import Prefetch
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.training_state import TrainingState, new_state
from micm_desktop.micm.update import drawer, train_step

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this computer")

CPU, CARD = torch.device("cpu"), torch.device("cuda")
EXACT = tiny_run(drop_path=0.0)  # which blocks are left out a card draws by numbers of its own


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Convolutions round to ten bits on a card unless they are told not to."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)


def totals(events: Iterable[Event]) -> list[float]:
    return [step.losses["total"] for step in steps(events)]


def last(events: list[Event]) -> Done:
    assert isinstance(events[-1], Done)
    return events[-1]


@pytest.fixture(scope="module")
def on_the_cpu(pictures: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """The losses of a run of six steps on the CPU."""
    return totals(run_to_end(pictures, tmp_path_factory.mktemp("cpu") / "encoder.safetensors", EXACT))


def test_gradients_are_those_of_the_cpu() -> None:
    step = step_that_hides(True, True)
    expected, found = gradients_of(step), gradients_of(step, device=CARD)
    assert found.keys() == expected.keys()
    largest = max(float(value.abs().max()) for value in expected.values())
    for name, value in expected.items():
        assert found[name].is_cuda
        torch.testing.assert_close(found[name].cpu(), value, rtol=1e-3, atol=1e-5 * largest, msg=name)


def test_a_run_is_the_one_of_the_cpu(pictures: list[Path], tmp_path: Path, on_the_cpu: list[float]) -> None:
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(drop_path=0.0, device="cuda"))
    assert totals(events)[0] == pytest.approx(on_the_cpu[0], rel=1e-4)
    assert totals(events) == pytest.approx(on_the_cpu, rel=1e-2)
    started = next(event for event in events if isinstance(event, Started))
    assert started.device == torch.cuda.get_device_name()
    total = torch.cuda.get_device_properties(CARD).total_memory / 2**20
    assert 0 < last(events).peak_memory_mb < total


@pytest.mark.parametrize("bf16", [True, False], ids=["bf16", "float16"])
def test_half_precision_is_near_it(
    bf16: bool, pictures: list[Path], tmp_path: Path, on_the_cpu: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older cards have no bf16; in float16 small gradients are lost unless the loss is scaled."""
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
    out = tmp_path / "encoder.safetensors"
    events = run_to_end(pictures, out, tiny_run(drop_path=0.0, device="cuda", half_precision=True))
    assert totals(events) != on_the_cpu
    # The scale that float16 needs is sought in the first steps, which are left out.
    assert totals(events) == pytest.approx(on_the_cpu, rel=0.15 if bf16 else 0.4)
    weights = load_file(out).values()
    assert all(
        value.dtype == torch.float32 and value.isfinite().all() for value in weights if value.is_floating_point()
    )


@pytest.mark.parametrize(("first", "then"), [("cuda", "cuda"), ("cuda", "cpu"), ("cpu", "cuda")])
def test_a_stopped_run_goes_on_here_or_there(
    first: str, then: str, pictures: list[Path], tmp_path: Path, on_the_cpu: list[float]
) -> None:
    out = tmp_path / "encoder.safetensors"
    begun = cancel_after(3, pictures, out, tiny_run(drop_path=0.0, device=first))
    so_far = load_encoder(out).network.state_dict()
    assert all(not value.is_cuda and value.isfinite().all() for value in so_far.values())
    gone_on = run_to_end(pictures, out, tiny_run(drop_path=0.0, device=then), resume=True)
    assert [step.step for step in steps(gone_on)] == [4, 5, 6]
    assert totals(begun) + totals(gone_on) == pytest.approx(on_the_cpu, rel=1e-2)
    assert last(gone_on).completed


def test_views_are_those_of_the_cpu_and_made_ahead() -> None:
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (8, 40, 40, 3), np.uint8))
    made = {}
    for device in (CPU, CARD):
        torch.manual_seed(0)
        with Prefetch(drawer(new_state(EXACT, device), EXACT, device, lambda _: pixels)) as ahead:
            made[device.type] = [ahead.take(step) for step in range(4)]
    for expected, found in zip(made["cpu"], made["cuda"], strict=True):
        assert found.global_crops.is_cuda
        # A view that lies on the border of solarising may differ.
        for one, other in ((expected.global_crops, found.global_crops), (expected.local_crops, found.local_crops)):
            far = ((one - other.cpu()).abs() > 1e-3).float().mean()
            assert float(far) < 1e-3


def test_the_looks_at_a_run_work(pictures: list[Path], tmp_path: Path) -> None:
    tagged = {path: number % 2 for number, path in enumerate(pictures[:8])}
    shown: dict[str, list[Preview]] = {}
    for device in ("cpu", "cuda"):
        config = tiny_run(drop_path=0.0, device=device, epochs=1)
        events = run_to_end(pictures, tmp_path / f"{device}.safetensors", config, tagged=tagged, previews=2)
        shown[device] = [event for event in events if isinstance(event, Preview)]
        [told] = [event.monitor for event in events if isinstance(event, EpochEnd)]
        assert 0 <= told["few_shot_accuracy"] <= 1 and math.isfinite(told["effective_rank"])
    expected, found = shown["cpu"][0], shown["cuda"][0]
    assert np.abs(expected.originals.astype(int) - found.originals).max() <= 1
    assert np.abs(expected.rebuilt.astype(int) - found.rebuilt).mean() < 2


def few_images() -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(0)
    return [render_sample(name, rng, size=120)[0] for name in ("good", "scratch", "pit", "crack")]


@pytest.mark.parametrize("tf32", [False, True])
def test_features_are_those_of_the_cpu(tf32: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", tf32)
    extractor = extractor_of(load_encoder("starter").network)
    expected, found = features_of(extractor, few_images()), features_of(copy.deepcopy(extractor).to(CARD), few_images())
    assert np.abs(found - expected).max() < 1e-4 and torch.backends.cudnn.allow_tf32 == tf32


def test_heatmaps_are_those_of_the_cpu() -> None:
    extractor = extractor_of(load_encoder("starter").network)
    inputs = extractor.prepare(torch.from_numpy(np.stack(few_images())))
    best = torch.tensor([0, 1, 0, 1])

    def heat(device: torch.device) -> Tensor:
        moved = copy.deepcopy(extractor).to(device)
        with torch.inference_mode():
            encodings = moved.encode([one.to(device) for one in inputs], attention=True)
            maps = patch_map(encodings)
            bank = build_patch_bank([[maps[0].cpu(), maps[2].cpu()], [maps[1].cpu(), maps[3].cpu()]])
            there = (bank.patches.to(device), bank.empty.to(device), bank.mean.to(device))
            return class_heat(moved, encodings, evidence_map(maps, best.to(device), *there))

    expected, found = heat(CPU), heat(CARD)
    assert expected.max() > 0.9
    torch.testing.assert_close(found.cpu(), expected, rtol=0, atol=2e-3)


def one_large_step(images: int) -> tuple[TrainingState, dict[str, Tensor]]:
    """A step of the starter on the card, and the gradients that it leaves."""
    run_config = tiny_run(
        init="starter", drop_path=0.0, batch_size=images, crop_size=96, local_crops=0, lambda_implant=0.0
    )
    torch.manual_seed(0)
    state = new_state(run_config, CARD)
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (images, 112, 112, 3), np.uint8))
    drawn = drawer(state, run_config, CARD, lambda _: pixels)(3)
    train_step(
        drawn, state, run_config, settings_at(run_config, 0.5), CARD, torch.amp.GradScaler("cuda", enabled=False)
    )
    found = {name: value.grad.cpu() for name, value in state.student.named_parameters() if value.grad is not None}
    return state, found


def test_a_batch_that_is_too_large_for_the_card_passes_in_parts() -> None:
    images = 128
    before = torch.cuda.memory_reserved()
    torch.cuda.reset_peak_memory_stats()
    state, expected = one_large_step(images)
    assert state.micro_batch == 0
    needed = torch.cuda.max_memory_reserved() - before
    del state
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(CARD).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 0.6 * needed) / total)
    try:
        state, found = one_large_step(images)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert 0 < state.micro_batch < images
    assert found.keys() == expected.keys()
    largest = max(float(value.abs().max()) for value in expected.values())
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-2, atol=1e-3 * largest, msg=name)


def test_the_command_line_takes_the_card_by_itself(labeled: Path, tmp_path: Path) -> None:
    """And what it has made is measured and shown without one."""
    out = tmp_path / "encoder.safetensors"
    trained = run("pretrain", labeled, "--out", out, "--epochs", "2", "--json")
    assert trained.code == 0 and trained.values["completed"]
    assert torch.cuda.get_device_name() in trained.stderr
    measured = run(
        "evaluate",
        labeled,
        "--encoder",
        out,
        "--ways",
        "3",
        "--shots",
        "2",
        "--queries",
        "3",
        "--episodes",
        "20",
        "--json",
    )
    assert measured.code == 0
    assert measured.values["results"][0]["accuracy"] > 1 / 3
