"""Encoder files and training states, both safetensors with string metadata. No pickle anywhere.

Files are written beside their place and renamed, so that a reader never meets half a file.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.progress import UserError

ENCODER_FORMAT = "micm-encoder"
STATE_FORMAT = "micm-training-state"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class LoadedEncoder:
    """A network in evaluation mode, what its file says of its training, and the hash of its bytes (hexadecimal)."""

    network: MicmNetwork
    training: dict[str, Any]
    sha256: str


def starter_path() -> Path:
    """The encoder that is shipped with the package."""
    return Path(str(files("micm_desktop").joinpath("resources", "starter.safetensors")))


def encoder_path(name: str | Path) -> Path:
    """``starter`` or a file. Raises UserError where there is no such file."""
    path = starter_path() if str(name) == "starter" else Path(name)
    if not path.is_file():
        raise UserError(f"There is no encoder file at {path}. Name a .safetensors file made by pretrain, or 'starter'.")
    return path


def save_encoder(path: Path, network: MicmNetwork, training: Mapping[str, Any], *, half: bool = False) -> None:
    """Write the weights of ``network`` (float16 with ``half``). Raises OSError where the disk refuses."""
    tensors = {name: value.half() if half and value.is_floating_point() else value for name, value in _named(network)}
    metadata = {
        "format": ENCODER_FORMAT,
        "format_version": str(FORMAT_VERSION),
        "config": json.dumps(network.config.to_dict()),
        "normalisation": json.dumps({"mean": network.config.mean, "std": network.config.std}),
        "training": json.dumps(dict(training), ensure_ascii=False),
    }
    write_tensors(path, tensors, metadata)


def load_encoder(name: str | Path) -> LoadedEncoder:
    """Read an encoder file (or ``starter``). Raises UserError where it is missing, broken, newer, or not ours."""
    path = encoder_path(name)
    tensors, metadata = read_tensors(path, ENCODER_FORMAT)
    try:
        config = EncoderConfig.from_dict(json.loads(metadata["config"]))
        network = MicmNetwork(config)
        network.load_state_dict({key: value.float() for key, value in tensors.items()})
    except (KeyError, ValueError, TypeError, RuntimeError) as problem:
        raise UserError(f"The encoder file {path} does not fit this version of MICM Desktop: {problem}") from problem
    if isinstance(network.stem, ConvStem):
        network.stem.frozen_statistics = True
    return LoadedEncoder(network.eval(), json.loads(metadata.get("training", "{}")), file_hash(path))


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, hexadecimal."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write safetensors to a temporary file, flush it to the disk and rename it over ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    try:
        save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, temporary, dict(metadata))
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_tensors(path: Path, expected_format: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of one of our files. Raises UserError where it is broken, newer, or not ours."""
    try:
        with safe_open(path, framework="pt") as stream:
            metadata: dict[str, str] = stream.metadata() or {}
            if metadata.get("format") != expected_format:
                raise UserError(f"{path} is not a file of MICM Desktop ({expected_format}). Choose another file.")
            if int(metadata.get("format_version", "0")) > FORMAT_VERSION:
                raise UserError(f"{path} was made by a newer MICM Desktop. Update this program to read it.")
            return {key: stream.get_tensor(key) for key in stream.keys()}, metadata  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as problem:
        raise UserError(f"{path} cannot be read: it is damaged or not a .safetensors file ({problem}).") from problem


def _named(network: torch.nn.Module) -> list[tuple[str, Tensor]]:
    return list(network.state_dict().items())
