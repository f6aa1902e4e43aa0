"""What kind of model file to write."""

from dataclasses import dataclass, field
from pathlib import Path

from micm_desktop.progress import UserError

INT8_LIMIT = 0.01
"""Loss of accuracy up to which an int8 file is written: one point."""


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

    def check(self, out: Path) -> None:
        """Raises UserError where the file to write has another ending."""
        if out.suffix != self.ending:
            raise UserError(f"--out must end in {self.ending}, not {out.name!r}.")


@dataclass(frozen=True)
class Tagged:
    """Images whose class is known: ``paths``, ``labels`` (index of their class), and whether the model has ``learned``
    from each; by which ``method``."""

    paths: tuple[Path, ...] = ()
    labels: tuple[int, ...] = ()
    learned: tuple[bool, ...] = ()
    method: str = field(default="ridge")
