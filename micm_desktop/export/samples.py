"""Sample images inside a model file: how they are kept as JSON, and how far another PC's outputs are from theirs."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from micm_desktop.export.verdict import Outputs
from micm_desktop.fewshot.decision import number_from_json

LARGEST_HEATMAP = 1 << 20
"""Places; the largest that a model file of ours has is a few thousand."""


@dataclass(frozen=True)
class Sample:
    """A small JPEG and what the model gave for it at export. ``heatmap`` (h, w) and ``verdict`` (outcome, class, rule)
    are None in files of formats 1.0 and 1.1."""

    jpeg: bytes
    probabilities: tuple[float, ...]
    unknown_score: float
    heatmap: npt.NDArray[np.float32] | None = None
    verdict: tuple[str, str, str] | None = None


def sample_to_json(sample: Sample) -> dict[str, Any]:
    """The heatmap as base64 of little-endian float32, row by row."""
    out: dict[str, Any] = {
        "jpeg": base64.b64encode(sample.jpeg).decode("ascii"),
        "probabilities": list(sample.probabilities),
        "unknown_score": sample.unknown_score,
    }
    if sample.heatmap is not None:
        values = base64.b64encode(sample.heatmap.astype("<f4").tobytes()).decode("ascii")
        out["heatmap"] = {"shape": list(sample.heatmap.shape), "float32": values}
    if sample.verdict is not None:
        out["verdict"] = dict(zip(("outcome", "class", "rule"), sample.verdict, strict=True))
    return out


def sample_from_json(value: Any, classes: int) -> Sample:
    """Raises ValueError, TypeError or KeyError for what is no sample of a model of ``classes``."""
    probabilities = tuple(number_from_json(p) for p in value["probabilities"])
    if len(probabilities) != classes:
        raise ValueError(f"{len(probabilities)} probabilities for {classes} classes")
    verdict = value.get("verdict")
    return Sample(
        base64.b64decode(value["jpeg"], validate=True),
        probabilities,
        number_from_json(value["unknown_score"]),
        _heatmap(value["heatmap"]) if "heatmap" in value else None,
        None if verdict is None else (str(verdict["outcome"]), str(verdict["class"]), str(verdict["rule"])),
    )


def _heatmap(value: Any) -> npt.NDArray[np.float32]:
    height, width = (int(size) for size in value["shape"])
    if height < 1 or width < 1 or height * width > LARGEST_HEATMAP:
        raise ValueError(f"a heatmap of {height} x {width}")
    values = np.frombuffer(base64.b64decode(value["float32"], validate=True), "<f4")
    return values.reshape(height, width).astype(np.float32)


def score_difference(expected: Sample, found: Outputs) -> float:
    """Largest absolute difference of probabilities and unknown score to those stored at export; 1, the largest there
    can be, for outputs that are not numbers."""
    stored = np.array([*expected.probabilities, expected.unknown_score])
    return _largest(stored - np.append(found.probabilities, found.unknown_score))


def heat_difference(expected: Sample, found: Outputs) -> float:
    """Largest absolute difference of the heatmap to the one stored at export, 0 where none is; 1 for another size."""
    if expected.heatmap is None:
        return 0.0
    if expected.heatmap.shape != found.heatmap.shape:
        return 1.0
    return _largest(expected.heatmap - found.heatmap)


def _largest(difference: npt.NDArray[np.floating[Any]]) -> float:
    return float(np.nan_to_num(np.abs(difference), nan=1.0).max())
