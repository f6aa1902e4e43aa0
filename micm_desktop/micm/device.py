"""Which device trains, and how."""

import sys
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch
from torch import Tensor

from micm_desktop.micm.distributed import own_card
from micm_desktop.progress import UserError

DEVICES = ("auto", "cpu", "cuda", "mps")


def resolve_device(name: str) -> torch.device:
    """``auto`` takes CUDA where there is one, else Apple's MPS, else the CPU.

    One of several processes takes a card of its own. Raises UserError for a device that this computer does not have.
    """
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return own_card(torch.device(next(kind for kind, there in has.items() if there)))
    if name not in has:
        raise UserError(f"Unknown device {name!r}. Use {', '.join(DEVICES[:-1])} or {DEVICES[-1]}.")
    if not has[name]:
        raise UserError(f"No {name.upper()} device was found on this computer. Use --device cpu or --device auto.")
    return own_card(torch.device(name))


def autocast(device: torch.device, wanted: bool = True) -> AbstractContextManager[object]:
    """Half precision where it pays: on a GPU (bf16 where it has it) and on a CPU that computes in bf16 itself.

    On MPS full precision: nothing else has been tried there. So everywhere where it is not ``wanted``.
    """
    if not wanted:
        return nullcontext()
    if device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16)
    if device.type == "cpu" and cpu_has_bf16():
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


@cache
def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bf16 in hardware (AVX-512 BF16, AMX). Emulated it could not pay.

    On an AMD EPYC that does, one thread, a step of the default run took 1.18 s instead of 1.60 s, and few-shot accuracy
    on neu-surface after two passes was the same (two seeds, within 0.3 points).
    """
    # Older versions of torch do not tell; they train in full precision.
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def to_device(batch: Tensor, device: torch.device) -> Tensor:
    """``batch`` on ``device``; to a CUDA card from pinned memory, so that the copy runs while the card computes."""
    if device.type == "cuda":
        return batch.pin_memory().to(device, non_blocking=True)
    return batch.to(device)


def use_threads(count: int) -> None:
    """Compute with ``count`` CPU threads; 0 leaves it to torch: one a core, or what OMP_NUM_THREADS says."""
    if count:
        torch.set_num_threads(count)


def describe(device: torch.device) -> str:
    """Name for people: the card's, or the number of CPU threads in use and half precision where it is used."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU (MPS)"
    count = torch.get_num_threads()
    threads = f"{count} thread{'s' if count > 1 else ''}"
    return f"CPU, {threads}, bf16" if cpu_has_bf16() else f"CPU, {threads}"


def peak_memory_mb(device: torch.device) -> float:
    """Peak memory of the GPU in use, else of this process (MiB)."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
