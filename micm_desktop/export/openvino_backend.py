"""A model file in OpenVINO's intermediate representation, ``model.xml`` with ``model.bin`` beside it.

Metadata are in the XML's ``rt_info``. Nothing else is read: both files are given to OpenVINO as bytes.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from micm_desktop.export.backends import (
    MAX_XML_BYTES,
    Arrays,
    Images,
    Opened,
    check_shapes,
    damaged,
    failed,
    read_whole,
    usable_cores,
)
from micm_desktop.export.model_file import INPUT, OUTPUTS, from_metadata
from micm_desktop.export.target import import_openvino
from micm_desktop.progress import UserError

MOST_STREAMS = 16
WEIGHTS_HASH = "weights_sha256"


class OpenvinoBackend:
    """See :class:`~micm_desktop.export.backends.Backend`."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self.inputs = [item.get_any_name() for item in compiled.inputs]
        self.outputs = {
            item.get_any_name(): [size.get_length() if size.is_static else None for size in item.get_partial_shape()]
            for item in compiled.outputs
        }

    def run(self, images: Images) -> Arrays:
        try:
            # A request of its own, so that calls from several threads are safe.
            found = self._compiled.create_infer_request().infer({INPUT: images})
            return [np.array(found[name], np.float32) for name in OUTPUTS]
        except Exception as problem:
            raise failed(problem) from problem


def open_openvino(path: Path, threads: int) -> Opened:
    """Read what the file says of itself, and only if it is ours its graph. Raises UserError."""
    openvino = import_openvino()
    beside = path.with_suffix(".bin")
    description = read_whole(path, MAX_XML_BYTES)
    metadata = _metadata(description, path)
    info = from_metadata(metadata, str(path))
    if not beside.exists():
        raise UserError(f"{beside}, which holds the weights of {path.name}, is not there. Copy both files.")
    weights = read_whole(beside)
    if sha256(weights).hexdigest() != metadata.get(f"micm.{WEIGHTS_HASH}"):
        raise UserError(f"{beside} does not belong to {path.name}, or it is damaged. Copy or export both again.")
    core = openvino.Core()
    # Without this hint some processors compute with 8 bits of mantissa, and other PCs do not.
    settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        # Otherwise callers from several threads would wait for one another.
        settings["NUM_STREAMS"] = streams = max(1, min(MOST_STREAMS, usable_cores() // threads))
        settings["INFERENCE_NUM_THREADS"] = threads * streams
    try:
        kept = openvino.Tensor(np.frombuffer(weights, np.uint8).copy())
        backend = OpenvinoBackend(core.compile_model(core.read_model(description, kept), "CPU", settings))
    except Exception as problem:
        raise damaged(path) from problem
    check_shapes(backend, len(info.classes), path)
    return Opened(backend, metadata)


class _Builder(ElementTree.TreeBuilder):
    """Refuses document types, in whatever encoding: OpenVINO writes none, and their entities grow without end."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError(f"a document type: {name!r}")


def _metadata(description: bytes, path: Path) -> dict[str, str]:
    try:
        root = ElementTree.fromstring(description, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        raise damaged(path) from problem
    ours = root.find("rt_info/micm")
    if root.tag != "net" or ours is None:
        return {}
    return {f"micm.{item.tag}": item.get("value", "") for item in ours}
