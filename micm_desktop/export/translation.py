"""From torch to ONNX."""

import warnings
from pathlib import Path

import torch

from micm_desktop.export.model_file import INPUT, OUTPUTS
from micm_desktop.export.model_graph import ModelGraph

OPSET = 20


def to_onnx(model: ModelGraph, path: Path) -> None:
    """Write ``model``, in evaluation mode on the CPU, with free batch, height and width as one file.

    Raises OSError.
    """
    example = torch.zeros(2, 96, 112, 3, dtype=torch.uint8)
    dimensions = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model,
            (example,),
            dynamo=True,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_shapes=(dimensions,),
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    program.save(path, external_data=False)
