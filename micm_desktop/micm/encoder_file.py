"""What an encoder file says of itself, read without torch: the window shows it before torch is imported."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError, safe_open

from micm_desktop.file_hash import file_hash
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.progress import UserError

ENCODER_FORMAT = "micm-encoder"
FORMAT_VERSION = 1
MOST_TEXT = 1 << 24
"""Characters of one description; those of a long run have some 100,000."""

Use = Literal["new", "base", "both"]
"""Which networks of an encoder file features are made of: the pretrained one, the one it began from, or both."""


@dataclass(frozen=True)
class Verdict:
    """What a pretraining run was worth: which features to use from now on, and why, as one sentence for the user.

    ``figures`` are what it was decided by, each with its name.
    """

    use: Use
    reason: str
    figures: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class BranchInfo:
    """Architecture and training summary of one network, and its share in the embedding; the shares sum to 1."""

    config: EncoderConfig
    training: Mapping[str, Any]
    weight: float = 1.0


@dataclass(frozen=True)
class EncoderInfo:
    """Architecture, training summary and content hash (hexadecimal) of an encoder file.

    ``base_config`` and ``base_training`` are those of the network that the run began from, where the file holds it.
    """

    path: Path
    config: EncoderConfig
    training: dict[str, Any]
    sha256: str
    base_config: EncoderConfig | None = None
    base_training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def branches(self) -> tuple[BranchInfo, ...]:
        """The networks that features are made of."""
        found = []
        for name, weight in shares_in_use(self.training, self.base_config is not None):
            if name == "base" and self.base_config is not None:
                found.append(BranchInfo(self.base_config, self.base_training, weight))
            else:
                found.append(BranchInfo(self.config, self.training, weight))
        return tuple(found)


def shares_in_use(training: Mapping[str, Any], has_base: bool) -> list[tuple[Literal["new", "base"], float]]:
    """The networks to make features of, in order, and their shares, by the verdict in a training summary.

    Without a verdict, or without a base, it is the new network alone.
    """
    verdict = training.get("verdict")
    use = verdict.get("use") if isinstance(verdict, dict) and has_base else "new"
    if use == "both":
        return [("new", 0.5), ("base", 0.5)]
    return [("base", 1.0)] if use == "base" else [("new", 1.0)]


def knows_the_images(training: Mapping[str, Any]) -> bool:
    """Whether a network was pretrained on images of the user's, by its training summary."""
    return bool(training.get("steps")) and "surfaces" not in training


def starter_path() -> Path:
    """The encoder that is shipped with the package."""
    return Path(str(files("micm_desktop").joinpath("resources", "starter.safetensors")))


def encoder_path(name: str | Path) -> Path:
    """``starter`` or a file. Raises UserError where there is no such file."""
    path = starter_path() if str(name) == "starter" else Path(name)
    if not path.is_file():
        raise UserError(f"There is no encoder file at {path}. Name a .safetensors file made by pretrain, or 'starter'.")
    return path


def read_encoder_info(name: str | Path) -> EncoderInfo:
    """Raises UserError where the file is missing, broken, newer, or not ours."""
    path = encoder_path(name)
    try:
        with safe_open(path, framework="numpy") as stream:
            metadata: dict[str, str] = stream.metadata() or {}
        check_format(metadata, path, ENCODER_FORMAT)
        config = EncoderConfig.from_dict(described(metadata, "config"))
        base = EncoderConfig.from_dict(described(metadata, "base_config")) if "base_config" in metadata else None
        training, base_training = (
            described(metadata, key) if key in metadata else {} for key in ("training", "base_training")
        )
        return EncoderInfo(path, config, training, file_hash(path), base, base_training)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as problem:
        raise unreadable(path, problem) from problem


def described(metadata: Mapping[str, str], key: str) -> dict[str, Any]:
    """The JSON object under ``key``. Raises ValueError where it is none, or larger or deeper than any of ours; KeyError
    where it is missing."""
    text = metadata[key]
    if len(text) > MOST_TEXT:
        raise ValueError(f"{key} has {len(text)} characters")
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError(f"{key} is too deep") from None
    if not isinstance(value, dict):
        raise ValueError(f"{key} is no JSON object")
    return value


def check_format(metadata: Mapping[str, str], path: Path, expected: str) -> None:
    """Raises UserError where a file's metadata is not of the ``expected`` format or of a newer version."""
    if metadata.get("format") != expected:
        raise UserError(f"{path} is not a file of MICM Desktop ({expected}). Choose another file.")
    if int(metadata.get("format_version", "0")) > FORMAT_VERSION:
        raise UserError(f"{path} was made by a newer MICM Desktop. Update this program to read it.")


def unreadable(path: Path, problem: Exception) -> UserError:
    """The error for a file that is broken."""
    return UserError(f"{path} cannot be read: it is damaged or not a .safetensors file ({problem}).")
