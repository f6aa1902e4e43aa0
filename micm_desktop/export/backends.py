"""What runs a model file's graph: onnxruntime, or OpenVINO where its extra is installed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from micm_desktop.export.model_file import INPUT, OUTPUTS
from micm_desktop.progress import ProcessingError, UserError

MAX_BYTES = 1 << 30
"""Of a model file, or of the weights beside one."""
MAX_XML_BYTES = 64 << 20
"""Of OpenVINO's description, which is read into a tree several times its size; ours have 4 MB."""

Images = npt.NDArray[np.uint8]
Arrays = Sequence[npt.NDArray[np.float32]]


class Backend(Protocol):
    """A graph that is ready to run. ``inputs``: its names; ``outputs``: the shape of each, None where it is free."""

    inputs: list[str]
    outputs: dict[str, list[int | None]]

    def run(self, images: Images) -> Arrays:
        """The :data:`OUTPUTS`, in order, for images (N, H, W, 3) uint8 RGB. Calls from several threads are safe.

        Raises ProcessingError where the graph fails, as for want of memory.
        """
        ...


@dataclass(frozen=True)
class Opened:
    """A graph, and the metadata of its file."""

    backend: Backend
    metadata: dict[str, str]


def usable_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_whole(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file. Raises UserError where it is not there, cannot be read, or is larger than ours ever are."""
    if path.is_dir():
        raise UserError(f"{path} is a folder, not a model file. Name the model file itself.")
    if not path.is_file():
        if path.is_symlink():
            raise UserError(f"{path} is a link that leads to no file. Check where it leads, or name the file itself.")
        raise UserError(f"There is no model file at {path}. Check the path.")
    try:
        if path.stat().st_size > most:
            raise UserError(f"{path} is larger than any model file of MICM Desktop. Choose another file.")
        return path.read_bytes()
    except OSError as problem:
        raise UserError(f"{path} cannot be read ({problem.strerror}). Check its permissions.") from problem


def damaged(path: Path) -> UserError:
    """The error for a file that nothing can be made of."""
    return UserError(f"{path} is not a model file, or it is damaged. Copy or export it again.")


def foreign(path: Path, what: str) -> UserError:
    """The error for a file that is made as no model file of ours is: it ``what``, such as "holds functions"."""
    return UserError(f"{path} {what}, as no model file of MICM Desktop does. Export the model again.")


def failed(problem: Exception) -> ProcessingError:
    """The error for a graph that does not run."""
    reason = str(problem).strip().splitlines()[0][-200:]
    return ProcessingError(
        f"The model file could not judge an image of this size ({reason}). Check the file with verify."
    )


def check_shapes(backend: Backend, classes: int, path: Path) -> None:
    """Raises UserError where a graph has other inputs and outputs than those of a model file of ``classes``."""
    if not backend.outputs.keys() >= set(OUTPUTS) or backend.inputs != [INPUT]:
        raise UserError(f"{path} does not have the inputs and outputs of a model file. Export it again.")
    if backend.outputs["probabilities"][1:] != [classes]:
        raise UserError(f"{path} does not name as many classes as it tells apart. Export it again.")
