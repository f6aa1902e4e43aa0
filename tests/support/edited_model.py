"""Copies of a model file with something changed inside."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
from onnx import numpy_helper


def with_metadata(source: Path, out: Path, **values: str | None) -> Path:
    """``micm.<key>`` set to each value; None takes the key away."""
    proto = onnx.load(source)
    kept = {item.key: item.value for item in proto.metadata_props}
    for key, value in values.items():
        kept.pop(f"micm.{key}", None)
        if value is not None:
            kept[f"micm.{key}"] = value
    del proto.metadata_props[:]
    for name, text in kept.items():
        proto.metadata_props.add(key=name, value=text)
    out.write_bytes(proto.SerializeToString())
    return out


def with_samples(source: Path, out: Path, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    """The samples and the outputs stored for them, changed in place by ``change``."""
    stored = next(item.value for item in onnx.load(source).metadata_props if item.key == "micm.samples")
    samples = json.loads(stored)
    change(samples)
    return with_metadata(source, out, samples=json.dumps(samples))


def with_other_weights(source: Path, out: Path) -> Path:
    """The largest block of the network's weights times -1: still a model of the same form, with other answers."""
    proto = onnx.load(source)
    weights = [tensor for tensor in proto.graph.initializer if "patches" not in tensor.name]
    largest = max(weights, key=lambda tensor: len(tensor.raw_data))
    largest.CopyFrom(numpy_helper.from_array(-numpy_helper.to_array(largest), largest.name))
    out.write_bytes(proto.SerializeToString())
    return out
