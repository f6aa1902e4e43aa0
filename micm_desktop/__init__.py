"""MICM Desktop: few-shot visual inspection, from a folder of images to a model file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from micm_desktop.export.runtime import Model

__version__ = "0.1.0"

# From version 1.29 on onnxruntime tells Microsoft of each model that it loads, unless this is set before it begins.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def load(model: Path | str, *, threads: int = 0) -> "Model":
    """Load a model file to judge images with, in a program of your own: ``load("model.onnx").judge(image)``.

    ``threads``: of one judgement; 0 leaves the number to the runtime. Raises UserError where the file is missing,
    damaged, not ours, or of a newer format. Loads neither torch nor Qt.
    """
    # Here, so that importing the package costs nothing.
    from micm_desktop.export import runtime

    return runtime.load(Path(model), threads=threads)
