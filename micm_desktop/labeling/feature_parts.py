"""Features that another computer has made of a part of the images: written as one file, and checked before they are
taken up."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from micm_desktop.fewshot.embedding import feature_size, part_sizes
from micm_desktop.fewshot.head import Array
from micm_desktop.labeling.embedded import recipe
from micm_desktop.labeling.feature_list import FeatureList
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.whole_file import whole_file

LENGTH_ERROR = 1e-3
"""How far the length of a pooled part may be from 1."""
CLOSE = 0.005
"""How far each of two features' pooled parts, of length 1, may be apart where one image was embedded on two computers.
docs/decisions/0035-shared-features.md says what others are apart."""


class BadPart(Exception):
    """The features in a file are not those that were to be made; says why."""


@dataclass(frozen=True)
class FeaturePart:
    """Features (n, D) float32 of the places ``rows`` (n,) of the list, ascending; and why others ``failed``."""

    rows: npt.NDArray[np.int64]
    features: Array
    failed: Mapping[int, str]


def write_part(file: Path, info: EncoderInfo, part: FeaturePart) -> None:
    """Write the file, whole and on the disk. Raises OSError."""
    told = {
        "features": recipe(info),
        "encoder": info.sha256,
        "failed": json.dumps({str(row): reason for row, reason in part.failed.items()}),
        "checksum": _checksum(part.rows, part.features),
    }
    with whole_file(file, file.with_name(file.name + ".part")) as stream:
        stream.write(save({"rows": part.rows, "features": part.features}, told))


def read_part(file: Path, images: FeatureList, number: int) -> FeaturePart:
    """The features in ``file``, which are to be part ``number`` of ``images``. Raises OSError, and BadPart where they
    are something else: of another encoder, cut off, damaged, or not of each image once."""
    info = images.info
    try:
        with safe_open(file, framework="numpy") as stream:
            told: Mapping[str, str] = stream.metadata() or {}
            rows, features = stream.get_tensor("rows"), stream.get_tensor("features")
        failed = {int(row): str(reason) for row, reason in json.loads(told["failed"]).items()}
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise BadPart(f"the file cannot be read ({problem})") from problem
    _require(told.get("encoder") == info.sha256 and told.get("features") == recipe(info), "they are of another encoder")
    _require(rows.dtype == np.int64 and features.dtype == np.float32, "they have another type of number")
    _require(rows.ndim == 1 and features.shape == (rows.size, feature_size(info.branches)), "they have another shape")
    _require(told.get("checksum") == _checksum(rows, features), "they were damaged on the way")
    expected = list(images.rows_of(number))
    _require(sorted([*rows.tolist(), *failed]) == expected, "they are not of each image once")
    _require(bool(np.isfinite(features).all()), "some are no numbers")
    lengths = part_lengths(features, info)
    # A part that counts for nothing is not computed, but 0.
    _require(bool((np.minimum(lengths, abs(lengths - 1)) < LENGTH_ERROR).all()), "some have another length than 1")
    return FeaturePart(rows, features, failed)


def part_lengths(features: Array, info: EncoderInfo) -> Array:
    """Length of each pooled part of features (n, D): (n, P)."""
    sizes = [size for branch in info.branches for size in part_sizes(branch.config).values()]
    starts = np.cumsum([0, *sizes[:-1]])
    return np.sqrt(np.add.reduceat(np.square(features, dtype=np.float64), starts, axis=1)).astype(np.float32)


def distance(first: Array, second: Array, info: EncoderInfo) -> float:
    """How far features (n, D) of the same images are apart: the largest distance of two pooled parts."""
    return float(part_lengths(first - second, info).max(initial=0.0))


def _require(fits: bool, otherwise: str) -> None:
    if not fits:
        raise BadPart(otherwise)


def _checksum(rows: npt.NDArray[Any], features: npt.NDArray[Any]) -> str:
    return hashlib.sha256(rows.tobytes() + features.tobytes()).hexdigest()
