"""Training in bf16 on a CPU: the losses stay in full precision, and a run is near the one in full precision."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_micm import run_to_end, tiny_run

from micm_desktop.micm import device
from micm_desktop.micm.events import Step
from micm_desktop.micm.implant_loss import pair_loss
from micm_desktop.micm.losses import class_loss


@pytest.fixture
def bf16(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A CPU that computes in bf16; one that does not emulates it, slowly."""
    monkeypatch.setattr(device, "cpu_has_bf16", lambda: True)
    yield


def test_losses_are_computed_in_full_precision() -> None:
    torch.manual_seed(0)
    student, teacher = torch.randn(3, 4, 50), torch.randn(2, 4, 50).softmax(dim=-1)
    pairs = torch.nn.functional.normalize(torch.randn(2, 6, 16), dim=2)
    expected = class_loss(student, teacher, 0.1), pair_loss(*pairs, 0.1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = class_loss(student, teacher, 0.1), pair_loss(*pairs, 0.1)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == torch.float32
        assert torch.equal(mine, theirs)


def test_a_run_is_reproducible_and_near_the_one_in_full_precision(
    bf16: None, pictures: list[Path], tmp_path: Path
) -> None:
    losses = []
    for name, half in (("first", True), ("again", True), ("full", False)):
        config = tiny_run(half_precision=half, lambda_implant=0.0)
        events = run_to_end(pictures, tmp_path / f"{name}.safetensors", config)
        losses.append([event.losses["total"] for event in events if isinstance(event, Step)])
    first, again, full = losses
    assert first == again
    weights, repeated = (load_file(tmp_path / f"{name}.safetensors") for name in ("first", "again"))
    assert all(torch.equal(weights[name], repeated[name]) for name in weights)
    assert all(value.dtype == torch.float32 for value in weights.values() if value.is_floating_point())
    assert first != full
    assert first == pytest.approx(full, rel=0.15)
