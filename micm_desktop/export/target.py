"""What kind of model file to write."""

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micm_desktop.progress import UserError

INT8_LIMIT = 0.01
"""Loss of accuracy up to which an int8 file is written: one point."""
STUDENT_LIMIT = 0.02
"""Accuracy, and share of the defects, that a student may lose."""


@dataclass(frozen=True)
class Target:
    """``openvino``: OpenVINO's pair of files instead of one in ONNX. ``int8``: computed in integers of eight bits where
    the network bears it, unless more than ``int8_limit`` in [0, 1] of the held-out tags are lost by it."""

    openvino: bool = False
    int8: bool = False
    int8_limit: float = INT8_LIMIT

    @property
    def ending(self) -> str:
        return ".xml" if self.openvino else ".onnx"


@dataclass(frozen=True)
class Tagged:
    """Images whose class is known: ``paths``, ``labels`` (index of their class), and whether the model has ``learned``
    from each; by which ``method``."""

    paths: tuple[Path, ...] = ()
    labels: tuple[int, ...] = ()
    learned: tuple[bool, ...] = ()
    method: str = "ridge"


ONE_FILE, NO_TAGS = Target(), Tagged()
"""One file in ONNX, in floating point."""


def needs_openvino() -> None:
    """Raises UserError where the ``openvino`` extra is not installed."""
    if importlib.util.find_spec("openvino") is None:
        raise UserError(
            "Files for OpenVINO need a package that is not installed. Install it with:"
            ' pip install "micm-desktop[openvino]", or use a file in ONNX.'
        )


def import_openvino() -> Any:
    """The package, kept from reporting that it was imported: nothing leaves this PC. Raises UserError as above."""
    needs_openvino()
    # What cannot be imported cannot report; OpenVINO then puts a stand-in in its place.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")
