"""From a model file in floating point to one in integers of eight bits (docs/decisions/0026-int8.md).

Only convolutions and linear layers inside the network become integers, and sums of them; resizing, head, unknown score
and heatmap are computed as before.
"""

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.export.model_file import INPUT
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.progress import JobControl, UserError

MEASURED = 4
"""Images by which layers are told apart: the most sensitive ones stand out by a factor of ten."""
MEASURED_EDGE = 224
LEFT_OVER = 0.2
"""Of the error of all layers that those in integers may make together; the others stay in floating point."""
WEIGHT_STEPS, STEPS = 64, 255
"""Weights have seven bits: with eight, processors without VNNI let sums overflow (onnxruntime's ``reduce_range``)."""


def write_int8(
    model: nn.Module, source: Path, images: Sequence[Path], out: Path, control: JobControl
) -> tuple[int, int]:
    """Write ``out`` from the ONNX file ``source``, the translation of ``model``, with ranges as of ``images``.

    Returns how many layers became integers, and how many were kept. Raises Cancelled, and UserError where none
    of the images can be read.
    """
    proto = onnx.load(source)
    layers = _layers_in(proto, model)
    # Where some of these cannot be read, others stand in.
    few = _same_size([*images[:: max(1, len(images) // MEASURED)], *images])
    errors = sensitivity(model, sorted(set(layers.values())), few, control)
    kept = kept_in_float(errors)
    control.safe_point()
    nodes = [name for name, layer in layers.items() if layer not in kept]
    quantize_static(
        source,
        out,
        _Reader(images, control),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=nodes + _sums_of(proto, nodes),
    )
    return len(nodes), len(layers) - len(nodes)


def kept_in_float(errors: dict[str, float]) -> set[str]:
    """The worst layers, so many that the others' errors sum to at most ``LEFT_OVER`` of all."""
    left, kept = sum(errors.values()), set()
    allowed = LEFT_OVER * left
    for name in sorted(errors, key=lambda name: -errors[name]):
        if left <= allowed:
            break
        kept.add(name)
        left -= errors[name]
    return kept


@torch.inference_mode()
def sensitivity(model: nn.Module, layers: Sequence[str], images: Tensor, control: JobControl) -> dict[str, float]:
    """How far the embeddings of images (N, H, W, 3) turn where one layer alone computes in integers: 1 - cosine.

    Raises Cancelled.
    """
    modules = dict(model.named_modules())
    expected = model(images).embedding
    errors = {}
    for name in layers:
        control.safe_point()
        with _as_integers(modules[name]):
            found = model(images).embedding
        errors[name] = max(0.0, float(1 - torch.cosine_similarity(found, expected, dim=1).mean()))
    return errors


@contextmanager
def _as_integers(layer: nn.Module) -> Iterator[None]:
    """Round a layer's weights, by output channel, and what comes in to the steps that integers have."""
    weight = layer.weight
    assert isinstance(weight, nn.Parameter)
    exact = weight.data
    step = exact.flatten(1).abs().amax(dim=1).clamp_min(1e-12) / WEIGHT_STEPS
    step = step.reshape(-1, *[1] * (exact.dim() - 1))
    weight.data = torch.round(exact / step) * step
    handle = layer.register_forward_pre_hook(lambda _, values: (_rounded(values[0]),))
    try:
        yield
    finally:
        handle.remove()
        weight.data = exact


def _rounded(values: Tensor) -> Tensor:
    low, high = values.amin().clamp_max(0), values.amax().clamp_min(0)
    step = (high - low).clamp_min(1e-12) / STEPS
    zero = torch.round(-low / step)
    return (torch.round(values / step + zero).clamp(0, STEPS) - zero) * step


def _layers_in(proto: onnx.ModelProto, model: nn.Module) -> dict[str, str]:
    """The torch layer, by name, behind each node that can be computed in integers."""
    modules = dict(model.named_modules())
    found = {}
    for node in proto.graph.node:
        if node.op_type in ("Conv", "MatMul", "Gemm"):
            notes = {item.key: item.value for item in node.metadata_props}
            for scope in reversed(ast.literal_eval(notes.get("pkg.torch.onnx.name_scopes", "[]"))):
                if isinstance(modules.get(scope), nn.Conv2d | nn.Linear):
                    found[node.name] = scope
                    break
    return found


def _sums_of(proto: onnx.ModelProto, nodes: Sequence[str]) -> list[str]:
    """Additions of what comes, also clipped, from ``nodes`` or other such additions: they need no detour."""
    maker = {output: node for node in proto.graph.node for output in node.output}
    known = set(nodes)
    sums = []
    for node in proto.graph.node:
        if node.op_type == "Add" and all(name in maker for name in node.input):
            sources = [maker[name] for name in node.input]
            sources = [maker.get(one.input[0], one) if one.op_type == "Clip" else one for one in sources]
            if all(one.name in known for one in sources):
                known.add(node.name)
                sums.append(node.name)
    return sums


def _same_size(paths: Sequence[Path]) -> Tensor:
    """The first readable images as one batch (N, E, E, 3) uint8. Raises UserError where there is none."""
    readable = (image for path in paths if not isinstance(image := try_decode(path), UnreadableImage))
    found = list(islice(readable, MEASURED))
    if not found:
        raise UserError("None of the images could be read, so the model file could not be checked.")
    planes = [torch.from_numpy(image).permute(2, 0, 1)[None].float() for image in found]
    small = [F.interpolate(one, (MEASURED_EDGE, MEASURED_EDGE), mode="bilinear", antialias=True) for one in planes]
    return torch.cat(small).round().clamp(0, 255).permute(0, 2, 3, 1).to(torch.uint8)


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """The images that ranges are taken from, one at a time."""

    def __init__(self, paths: Sequence[Path], control: JobControl) -> None:
        self._paths, self._control = iter(paths), control

    def get_next(self) -> dict[str, np.ndarray] | None:
        self._control.safe_point()
        for path in self._paths:
            image = try_decode(path)
            if not isinstance(image, UnreadableImage):
                return {INPUT: image[None]}
        return None
