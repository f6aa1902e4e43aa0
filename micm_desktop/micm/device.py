"""Which device trains, and how."""

import sys
from contextlib import AbstractContextManager, nullcontext

import torch

from micm_desktop.progress import UserError


def resolve_device(name: str) -> torch.device:
    """``auto`` takes CUDA where there is one. Raises UserError for a device that this computer does not have."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("No CUDA device was found on this computer. Use --device cpu or --device auto.")
    if name not in ("cpu", "cuda"):
        raise UserError(f"Unknown device {name!r}. Use auto, cpu or cuda.")
    return torch.device(name)


def autocast(device: torch.device) -> AbstractContextManager[object]:
    """Half precision on a GPU (bf16 where it has it), full precision on a CPU."""
    if device.type != "cuda":
        return nullcontext()
    dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.autocast("cuda", dtype=dtype)


def describe(device: torch.device) -> str:
    """Name for people: the card's, or the number of CPU threads in use."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"


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
