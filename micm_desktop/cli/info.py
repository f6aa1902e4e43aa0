"""``info``: works without the ``desktop`` extra, and names torch's device where it is installed."""

import importlib.metadata
import importlib.util
import logging

from micm_desktop import about
from micm_desktop.cli.output import Json, command, finish
from micm_desktop.project.folders import cache_folder, log_file, projects_folder


@command
def info(json: Json = False) -> int:
    """Versions, device and folders: what a support call needs."""
    device, cuda = _device()
    built = about.build()
    values = {
        "version": built.version,
        "commit": built.commit,
        "built": built.date,
        "torch": _version("torch"),
        "onnxruntime": _version("onnxruntime"),
        "device": device,
        "cuda": cuda,
        "folders": {"projects": str(projects_folder()), "cache": str(cache_folder())},
        "log": str(log_file()),
    }
    return finish(values, json)


def _device() -> tuple[str, bool]:
    """What torch would compute on, and whether that is a CUDA card."""
    if importlib.util.find_spec("torch") is None:
        return "CPU", False
    try:
        import torch
    except (ImportError, OSError) as problem:
        # A torch that does not load is what a support call is about.
        logging.getLogger(__name__).exception("torch does not load")
        return f"torch is installed but does not load: {problem}", False
    if torch.cuda.is_available():
        return torch.cuda.get_device_name(), True
    return f"CPU, {torch.get_num_threads()} threads", False


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
