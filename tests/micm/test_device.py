"""The device that trains."""

import pytest
import torch

from micm_desktop.micm.device import autocast, describe, peak_memory_mb, resolve_device
from micm_desktop.progress import UserError

CPU = torch.device("cpu")


def test_auto_takes_cuda_where_there_is_one() -> None:
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert resolve_device("cpu") == CPU


@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has a CUDA device")
def test_cuda_without_a_card_is_refused_with_a_way_out() -> None:
    with pytest.raises(UserError, match="--device cpu"):
        resolve_device("cuda")


def test_an_unknown_device_is_named() -> None:
    with pytest.raises(UserError, match="tpu"):
        resolve_device("tpu")


def test_a_cpu_trains_in_full_precision() -> None:
    with autocast(CPU):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == torch.float32


def test_a_cpu_is_described_and_measured() -> None:
    assert "CPU" in describe(CPU)
    held = torch.ones(64 * 2**18)  # 64 MiB
    assert peak_memory_mb(CPU) > 64
    assert held[-1] == 1
