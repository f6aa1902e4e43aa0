"""From a model file in ONNX to OpenVINO's pair of files, weights in 16 bits.

OpenVINO reads ONNX itself; its converter is not needed.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from micm_desktop.export.openvino_backend import WEIGHTS_HASH
from micm_desktop.export.target import import_openvino

if TYPE_CHECKING:
    from openvino import Model, Output

LARGE = 2000
"""Values of a tensor that is kept in 16 bits."""


def write_openvino(source: Path, metadata: Mapping[str, str], out: Path) -> None:
    """Write ``out`` (.xml) and the .bin beside it from the ONNX file ``source``. Needs the ``openvino`` extra."""
    openvino = import_openvino()
    model = openvino.Core().read_model(str(source))
    _resize_as_in_training(model)
    _halve_weights(model)
    openvino.save_model(model, str(out), compress_to_fp16=False)
    described = dict(metadata) | {f"micm.{WEIGHTS_HASH}": sha256(out.with_suffix(".bin").read_bytes()).hexdigest()}
    for key, value in described.items():
        model.set_rt_info(value, key.split("."))
    openvino.save_model(model, str(out), compress_to_fp16=False)


def _halve_weights(model: "Model") -> None:
    """Keep large weights in 16 bits. Small ones stay as they are: they are no size, and first in the network, where
    depthwise filters of 16 bits turn an embedding ten times as far as all large weights do."""
    from openvino import Type, opset13

    for node in model.get_ordered_ops():
        if node.get_type_name() == "Constant" and node.get_element_type() == Type.f32:
            values = node.get_data()
            if values.size >= LARGE:
                halved = opset13.convert(opset13.constant(values.astype(np.float16)), "f32")
                for target in list(node.output(0).get_target_inputs()):
                    target.replace_source_output(halved.output(0))


def _resize_as_in_training(model: "Model") -> None:
    """Put a product of matrices in place of each resize with anti-aliasing, which OpenVINO's processor plugin leaves
    out, so that an image of 416 pixels for a network of 128 is another one (docs/decisions/0027-openvino.md)."""
    from openvino import opset13

    for node in model.get_ordered_ops():
        if node.get_type_name() == "Interpolate" and node.get_attributes()["antialias"]:
            image, size = node.input_value(0), node.output(0).get_partial_shape()
            shape = opset13.shape_of(image, "i64")
            columns = _shares(shape, 3, size[3].get_length())
            rows = _shares(shape, 2, size[2].get_length())
            narrowed = opset13.matmul(image, columns, False, True)
            node.output(0).replace(opset13.matmul(rows, narrowed, False, False).output(0))


def _shares(shape: "Output", axis: int, size: int) -> "Output":
    """(size, L) of an edge of L pixels: the triangle filter of PyTorch's and Pillow's bilinear resize."""
    from openvino import opset13 as ops

    one, half = ops.constant(np.float32(1)), ops.constant(np.float32(0.5))
    length = ops.convert(ops.gather(shape, ops.constant(np.int64(axis)), ops.constant(np.int64(0))), "f32")
    scale = ops.divide(length, ops.constant(np.float32(size)))
    centres = ops.multiply(ops.constant((np.arange(size, dtype=np.float32) + 0.5)[:, None]), scale)
    pixels = ops.range(half, ops.add(length, half), one, "f32")
    distance = ops.divide(ops.absolute(ops.subtract(pixels, centres)), ops.maximum(scale, one))
    weight = ops.relu(ops.subtract(one, distance))
    return ops.divide(weight, ops.reduce_sum(weight, ops.constant(np.int64(1)), keep_dims=True))
