"""From the model file as it was translated to one of another kind; what it says of its samples is then its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from torch import nn

from micm_desktop.export import runtime
from micm_desktop.export.int8_trial import Int8Trial, check_int8, try_int8
from micm_desktop.export.model_file import ModelInfo, Precision, to_metadata
from micm_desktop.export.samples import Sample
from micm_desktop.export.target import Tagged
from micm_desktop.export.verdict import Outputs, verdict_on
from micm_desktop.progress import JobControl, Progress


def sample_of(jpeg: bytes, pixels: npt.NDArray[np.uint8], outputs: Outputs, info: ModelInfo) -> Sample:
    """A sample with what a model said of its ``pixels`` (H, W, 3)."""
    assert info.policy is not None
    verdict = verdict_on(outputs, pixels, info.classes, info.unknown_threshold, info.policy, info.rules)
    probabilities = tuple(float(p) for p in outputs.probabilities)
    return Sample(jpeg, probabilities, outputs.unknown_score, outputs.heatmap, verdict.words())


def describe(path: Path, info: ModelInfo) -> None:
    """Put the metadata of ``info`` into the ONNX file at ``path``, in place of what is there."""
    proto = onnx.load(path)
    del proto.metadata_props[:]
    for key, value in to_metadata(info).items():
        proto.metadata_props.add(key=key, value=value)
    path.write_bytes(proto.SerializeToString())


def to_int8(
    model: nn.Module,
    info: ModelInfo,
    source: Path,
    images: Sequence[Path],
    tagged: Tagged,
    limit: float,
    control: JobControl,
) -> Iterator[Progress | Int8Trial]:
    """Replace the ONNX file at ``source`` by one in integers; the last value is what they cost.

    Raises ProcessingError where that is more than ``limit``, and Cancelled.
    """
    from micm_desktop.export.int8_writer import write_int8

    rounded = source.with_name("int8.onnx")
    layers = write_int8(model, source, images, rounded, control)
    info = replace(info, precision=Precision.int8)
    describe(rounded, info)
    loaded = runtime.load(rounded)
    describe(rounded, _own_samples(info, loaded))
    for event in try_int8(runtime.load(source), loaded, tagged, images, layers, control):
        if isinstance(event, Int8Trial):
            check_int8(event, limit)
        yield event
    rounded.replace(source)


def to_openvino(info: ModelInfo, source: Path) -> Path:
    """Write OpenVINO's pair of files beside the ONNX file at ``source``; the path of the .xml."""
    from micm_desktop.export.openvino_writer import write_openvino

    out = source.with_suffix(".xml")
    if info.precision is Precision.float32:
        info = replace(info, precision=Precision.float16)
    write_openvino(source, to_metadata(info), out)
    write_openvino(source, to_metadata(_own_samples(info, runtime.load(out))), out)
    return out


def _own_samples(info: ModelInfo, model: runtime.Model) -> ModelInfo:
    found = []
    for sample in info.samples:
        pixels = runtime.sample_pixels(sample.jpeg)
        found.append(sample_of(sample.jpeg, pixels, model.outputs(pixels), info))
    return replace(info, samples=tuple(found))
