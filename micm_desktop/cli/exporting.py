"""What fit and export share: which kind of model file to write, and what is told of it."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from micm_desktop.cli.output import check_out, stderr
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.target import Target, needs_openvino


class FormatName(StrEnum):
    """Choices of ``--format``."""

    onnx = "onnx"
    openvino = "openvino"


FormatOf = Annotated[
    FormatName, typer.Option("--format", help="onnx: one file; openvino: .xml and .bin (needs the openvino extra).")
]
Int8 = Annotated[
    bool, typer.Option("--int8", help="Compute in integers: smaller, and often faster; refused if it costs much.")
]
Int8Limit = Annotated[
    float, typer.Option("--int8-limit", min=0, max=100, help="Points of accuracy that int8 may cost.")
]


def target_of(format: FormatName, int8: bool, int8_limit: float, out: Path) -> Target:
    """The options as one value. Raises UserError where OpenVINO is missing, and as :func:`check_out`."""
    target = Target(format is FormatName.openvino, int8, int8_limit / 100)
    check_out(out, target.ending)
    if target.openvino:
        needs_openvino()
    return target


def export_values(result: ExportResult) -> dict[str, object]:
    """JSON of an export, as the contract names it; what int8 cost is said on standard error, too."""
    values: dict[str, object] = {
        "model_file": str(result.model_file),
        "classes": list(result.classes),
        "support": result.support,
        "bytes": result.bytes,
        "parity_max_abs_diff": result.parity_max_abs_diff,
        "parity_images": result.parity_images,
    }
    if result.int8 is not None:
        stderr.print(result.int8.sentence(), markup=False)
        values["int8"] = asdict(result.int8)
    return values
