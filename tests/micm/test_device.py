"""The device that trains."""

import pytest
import torch

from micm_desktop.micm.device import (
    autocast,
    cpu_has_bf16,
    describe,
    peak_memory_mb,
    resolve_device,
    to_device,
    use_threads,
)
from micm_desktop.progress import UserError

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "kind"),
    [(False, False, "cpu"), (True, False, "cuda"), (False, True, "mps"), (True, True, "cuda")],
)
def test_auto_takes_the_fastest_there_is(cuda: bool, mps: bool, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert resolve_device("auto").type == kind
    assert resolve_device("cpu") == CPU


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused_with_a_way_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UserError, match=f"{name.upper()}.*--device cpu"):
        resolve_device(name)


def test_an_unknown_device_is_named() -> None:
    with pytest.raises(UserError, match="tpu"):
        resolve_device("tpu")


def test_a_cpu_trains_in_half_precision_only_where_it_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = torch.bfloat16 if cpu_has_bf16() else torch.float32
    with autocast(CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == expected
    assert ("bf16" in describe(CPU)) == cpu_has_bf16()
    cpu_has_bf16.cache_clear()
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, "avx512_bf16": False}, raising=False)
    try:
        with autocast(CPU):
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
    finally:
        cpu_has_bf16.cache_clear()


def test_mps_trains_in_full_precision() -> None:
    with autocast(torch.device("mps")):
        assert not torch.is_autocast_enabled("mps")


def test_threads_are_set_and_zero_leaves_them() -> None:
    before = torch.get_num_threads()
    try:
        use_threads(3)
        assert torch.get_num_threads() == 3
        use_threads(0)
        assert torch.get_num_threads() == 3
        assert "3 threads" in describe(CPU)
    finally:
        torch.set_num_threads(before)


def test_a_batch_goes_to_its_device_unchanged() -> None:
    batch = torch.arange(12, dtype=torch.uint8).view(3, 4)
    assert torch.equal(to_device(batch, CPU), batch)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this computer")
def test_a_batch_goes_to_a_card_from_pinned_memory() -> None:
    batch = torch.arange(12, dtype=torch.uint8).view(3, 4)
    moved = to_device(batch, torch.device("cuda"))
    torch.cuda.synchronize()
    assert moved.is_cuda and torch.equal(moved.cpu(), batch)


def test_a_cpu_is_described_and_measured() -> None:
    assert "CPU" in describe(CPU)
    held = torch.ones(64 * 2**18)  # 64 MiB
    assert peak_memory_mb(CPU) > 64
    assert held[-1] == 1
