"""What an encoder file says of itself, read without torch: the window shows it before torch is imported."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.progress import UserError

ENCODER_FORMAT = "micm-encoder"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class BranchInfo:
    """Architecture and training summary of one network, and its share in the embedding; the shares sum to 1."""

    config: EncoderConfig
    training: Mapping[str, Any]
    weight: float = 1.0


@dataclass(frozen=True)
class EncoderInfo:
    """Architecture, training summary and content hash (hexadecimal) of an encoder file."""

    path: Path
    config: EncoderConfig
    training: dict[str, Any]
    sha256: str

    @property
    def branches(self) -> tuple[BranchInfo, ...]:
        """The networks that features are made of."""
        return (BranchInfo(self.config, self.training),)


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
        config = EncoderConfig.from_dict(json.loads(metadata["config"]))
        return EncoderInfo(path, config, json.loads(metadata.get("training", "{}")), file_hash(path))
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as problem:
        raise unreadable(path, problem) from problem


def check_format(metadata: Mapping[str, str], path: Path, expected: str) -> None:
    """Raises UserError where a file's metadata is not of the ``expected`` format or of a newer version."""
    if metadata.get("format") != expected:
        raise UserError(f"{path} is not a file of MICM Desktop ({expected}). Choose another file.")
    if int(metadata.get("format_version", "0")) > FORMAT_VERSION:
        raise UserError(f"{path} was made by a newer MICM Desktop. Update this program to read it.")


def unreadable(path: Path, problem: Exception) -> UserError:
    """The error for a file that is broken."""
    return UserError(f"{path} cannot be read: it is damaged or not a .safetensors file ({problem}).")


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, hexadecimal."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
