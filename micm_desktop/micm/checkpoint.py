"""Encoder files and training states, both safetensors with string metadata. No pickle anywhere.

Files are written beside their place and renamed, so that a reader never meets half a file.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import (
    ENCODER_FORMAT,
    FORMAT_VERSION,
    check_format,
    encoder_path,
    file_hash,
    unreadable,
)
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.progress import UserError

STATE_FORMAT = "micm-training-state"


@dataclass(frozen=True)
class LoadedEncoder:
    """A network in evaluation mode, what its file says of its training, and the hash of its bytes (hexadecimal)."""

    network: MicmNetwork
    training: dict[str, Any]
    sha256: str


def save_encoder(path: Path, network: MicmNetwork, training: Mapping[str, Any], *, half: bool = False) -> None:
    """Write the weights of ``network`` (float16 with ``half``). Raises OSError where the disk refuses."""
    weights = network.state_dict()
    if half:
        weights = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
    metadata = {
        "format": ENCODER_FORMAT,
        "format_version": str(FORMAT_VERSION),
        "config": json.dumps(network.config.to_dict()),
        "normalisation": json.dumps({"mean": network.config.mean, "std": network.config.std}),
        "training": json.dumps(dict(training), ensure_ascii=False),
    }
    write_tensors(path, weights, metadata)


def load_encoder(name: str | Path) -> LoadedEncoder:
    """Read an encoder file (or ``starter``). Raises UserError where it is missing, broken, newer, or not ours."""
    path = encoder_path(name)
    tensors, metadata = read_tensors(path, ENCODER_FORMAT)
    try:
        config = EncoderConfig.from_dict(json.loads(metadata["config"]))
        network = MicmNetwork(config)
        network.load_state_dict({key: value.float() for key, value in tensors.items()})
        training = json.loads(metadata.get("training", "{}"))
    except (KeyError, ValueError, TypeError, RuntimeError) as problem:
        raise UserError(f"The encoder file {path} does not fit this version of MICM Desktop: {problem}") from problem
    if isinstance(network.stem, ConvStem):
        network.stem.frozen_statistics = True
    return LoadedEncoder(network.eval(), training, file_hash(path))


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write safetensors to a temporary file, flush it to the disk and rename it over ``path``. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    try:
        # Not save_file: it gives the file to its owner alone, and its error for a full disk is not an OSError.
        content = save({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, dict(metadata))
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_tensors(path: Path, expected_format: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of one of our files. Raises UserError where it is broken, newer, or not ours."""
    try:
        with safe_open(path, framework="pt") as stream:
            metadata: dict[str, str] = stream.metadata() or {}
            check_format(metadata, path, expected_format)
            return {key: stream.get_tensor(key) for key in stream.keys()}, metadata  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as problem:
        raise unreadable(path, problem) from problem
