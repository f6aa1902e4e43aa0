"""The model file's contract: names, metadata and format version. Needs neither torch nor onnx."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import category

from micm_desktop.export.rules import Rules, rules_from_json, rules_to_json
from micm_desktop.export.samples import Sample, sample_from_json, sample_to_json
from micm_desktop.fewshot.decision import Policy, number_from_json, policy_from_json, policy_to_json
from micm_desktop.progress import UserError

if TYPE_CHECKING:
    from micm_desktop.export.int8_trial import Int8Trial

FORMAT_MAJOR, FORMAT_MINOR = 1, 2
INPUT = "image"
OUTPUTS = ("probabilities", "embedding", "heatmap", "unknown_score")
LICENSE = "MIT"
T = TypeVar("T")
MOST_TILES = 64
"""Along an edge; the program's own files have 4 at most."""


class Precision(StrEnum):
    """How a model file computes, and keeps its weights."""

    float32 = "float32"
    float16 = "float16"
    int8 = "int8"


TOLERANCES = {Precision.float32: (1e-3, 1e-3), Precision.float16: (1e-3, 1e-3), Precision.int8: (0.02, 0.1)}
"""How far another PC's probabilities and unknown score, and its heatmap, may be from those stored at export. Integers
are rounded the same everywhere but for ties, which go on through the network."""


@dataclass(frozen=True)
class ModelInfo:
    """What a model file says of itself. ``unknown_threshold`` in [0, 1]; ``policy`` is None in files of format 1.0,
    which give the most probable class; ``tiles``: along each edge of an image; ``attribution``: whose weights the file
    holds, and under which licence."""

    classes: tuple[str, ...]
    unknown_threshold: float
    samples: tuple[Sample, ...]
    encoder: str
    created: str
    app_version: str
    policy: Policy | None = None
    rules: Rules = field(default_factory=Rules)
    tiles: int = 1
    precision: Precision = Precision.float32
    attribution: str = ""


@dataclass(frozen=True)
class ExportResult:
    """A written model file. ``support``: tags per class; ``parity_max_abs_diff``: torch against the file; ``int8``:
    what integers cost, where it has them."""

    model_file: Path
    classes: tuple[str, ...]
    support: dict[str, int]
    bytes: int
    parity_max_abs_diff: float
    parity_images: int
    int8: "Int8Trial | None" = None


def to_metadata(info: ModelInfo) -> dict[str, str]:
    """The ``micm.*`` metadata of a model file."""
    samples = [sample_to_json(sample) for sample in info.samples]
    thresholds: dict[str, Any] = {"unknown": info.unknown_threshold}
    if info.policy is not None:
        thresholds["decision"] = policy_to_json(info.policy)
        if info.policy.two_sided:
            thresholds["ask_from"], thresholds["defect_from"] = info.policy.band()
    return {
        "micm.format": f"{FORMAT_MAJOR}.{FORMAT_MINOR}",
        "micm.classes": json.dumps(info.classes, ensure_ascii=False),
        "micm.thresholds": json.dumps(thresholds),
        "micm.rules": json.dumps(rules_to_json(info.rules), ensure_ascii=False),
        "micm.samples": json.dumps(samples),
        "micm.encoder": info.encoder,
        "micm.created": info.created,
        "micm.app_version": info.app_version,
        "micm.tiles": str(info.tiles),
        "micm.precision": info.precision.value,
        "micm.license": LICENSE,
        "micm.attribution": info.attribution,
    }


def from_metadata(metadata: Mapping[str, str], name: str) -> ModelInfo:
    """Read and check the metadata of the model file ``name``. Raises UserError where it is not ours, or newer."""
    if "micm.format" not in metadata:
        raise UserError(f"{name} was not made by MICM Desktop. Choose a model file that was exported there.")
    version = metadata["micm.format"]
    major = version.split(".")[0]
    if not re.fullmatch("[0-9]{1,9}", major):
        raise UserError(f"{name} names an unknown format version ({version[:40]!r}). Export it again.")
    if int(major) > FORMAT_MAJOR:
        raise UserError(
            f"{name} has format {version[:40]}, newer than this program reads ({FORMAT_MAJOR}.x). Update MICM Desktop."
        )

    def read(part: str, reader: Callable[[Any], T], default: str | None = None) -> T:
        try:
            return reader(json.loads(metadata[part] if default is None else metadata.get(part, default)))
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as problem:
            raise UserError(
                f"The description inside {name} is damaged: its {part} is missing or makes no sense. "
                "Export the model again."
            ) from problem

    classes = read("micm.classes", _class_names)
    unknown_threshold, policy = read("micm.thresholds", lambda value: _thresholds(value, len(classes)))
    return ModelInfo(
        classes,
        unknown_threshold,
        read("micm.samples", lambda value: _samples(value, len(classes))),
        metadata.get("micm.encoder", ""),
        metadata.get("micm.created", ""),
        metadata.get("micm.app_version", ""),
        policy,
        read("micm.rules", rules_from_json, "{}"),
        read("micm.tiles", _tiles, "1"),
        _precision(metadata.get("micm.precision", "")),
        metadata.get("micm.attribution", ""),
    )


def _thresholds(value: Any, classes: int) -> tuple[float, Policy | None]:
    unknown = number_from_json(value["unknown"])
    if not 0 <= unknown <= 1:
        raise ValueError(f"not a number from 0 to 1: {unknown}")
    return unknown, policy_from_json(value["decision"], classes) if "decision" in value else None


def _samples(value: Any, classes: int) -> tuple[Sample, ...]:
    if not isinstance(value, list):
        raise TypeError(f"not a list: {value!r}")
    return tuple(sample_from_json(item, classes) for item in value)


def _tiles(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST_TILES:
        raise ValueError(f"not a number of tiles: {value!r}")
    return value


def _class_names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"not a list of classes: {value!r}")
    for name in value:
        if not isinstance(name, str) or not name or any(category(character) in ("Cc", "Cs") for character in name):
            raise ValueError(f"not a class name: {name!r}")
    if len(set(value)) < len(value):
        raise ValueError(f"two classes of one name: {value!r}")
    return tuple(value)


def _precision(text: str) -> Precision:
    """float32 also for what a newer minor format may say: then outputs are compared most strictly."""
    return Precision(text) if text in set(Precision) else Precision.float32
