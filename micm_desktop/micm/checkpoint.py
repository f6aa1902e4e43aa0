"""Encoder files and training states, both safetensors with string metadata. No pickle anywhere.

Files are written beside their place and renamed, so that a reader never meets half a file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from micm_desktop.file_hash import file_hash
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import (
    ENCODER_FORMAT,
    FORMAT_VERSION,
    BranchInfo,
    Verdict,
    check_format,
    described,
    encoder_path,
    shares_in_use,
    unreadable,
)
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.progress import UserError
from micm_desktop.whole_file import whole_file

STATE_FORMAT = "micm-training-state"
BASE = "base."
"""Prefix of the tensors of the network that a run began from."""


@dataclass(frozen=True)
class Branch:
    """One network that features are made of, in evaluation mode."""

    network: MicmNetwork
    info: BranchInfo


@dataclass(frozen=True)
class LoadedEncoder:
    """A network in evaluation mode, what its file says of its training, and the hash of its bytes (hexadecimal).

    ``base`` is the network that the run began from, where the file holds it too, and ``base_training`` what was known
    of it.
    """

    network: MicmNetwork
    training: dict[str, Any]
    sha256: str
    base: MicmNetwork | None = None
    base_training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The networks that features are made of."""
        found = []
        for name, weight in shares_in_use(self.training, self.base is not None):
            if name == "base" and self.base is not None:
                found.append(Branch(self.base, BranchInfo(self.base.config, self.base_training, weight)))
            else:
                found.append(Branch(self.network, BranchInfo(self.network.config, self.training, weight)))
        return tuple(found)

    @property
    def branch_infos(self) -> tuple[BranchInfo, ...]:
        """What is known of each of :attr:`branches`."""
        return tuple(branch.info for branch in self.branches)


def save_encoder(
    path: Path,
    network: MicmNetwork,
    training: Mapping[str, Any],
    *,
    half: bool = False,
    base: MicmNetwork | None = None,
    base_training: Mapping[str, Any] | None = None,
    verdict: Verdict | None = None,
) -> None:
    """Write the weights of ``network`` (float16 with ``half``), and of ``base``, the network that the run began from.

    ``verdict`` says which of the two features are made of; without it, of ``network``. Raises OSError where the disk
    refuses.
    """
    if verdict is not None:
        training = {**training, "verdict": verdict.to_dict()}
    weights = dict(network.state_dict())
    if base is not None:
        weights |= {BASE + name: value for name, value in base.state_dict().items()}
    if half:
        weights = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
    metadata = {
        "format": ENCODER_FORMAT,
        "format_version": str(FORMAT_VERSION),
        "config": json.dumps(network.config.to_dict()),
        "normalisation": json.dumps({"mean": network.config.mean, "std": network.config.std}),
        "training": json.dumps(dict(training), ensure_ascii=False),
    }
    if base is not None:
        metadata["base_config"] = json.dumps(base.config.to_dict())
        metadata["base_training"] = json.dumps(dict(base_training or {}), ensure_ascii=False)
    write_tensors(path, weights, metadata)


def attach_base(path: Path, base: LoadedEncoder, verdict: Verdict) -> None:
    """Write ``verdict``, and as the network that the run began from ``base``, into a finished encoder file.

    The file is replaced in one step. Raises UserError where the file cannot be read, OSError where the disk refuses.
    """
    made = load_encoder(path)
    save_encoder(path, made.network, made.training, base=base.network, base_training=base.training, verdict=verdict)


def load_encoder(name: str | Path) -> LoadedEncoder:
    """Read an encoder file (or ``starter``). Raises UserError where it is missing, broken, newer, or not ours."""
    path = encoder_path(name)
    tensors, metadata = read_tensors(path, ENCODER_FORMAT)
    try:
        own = {key: value for key, value in tensors.items() if not key.startswith(BASE)}
        network, base = _network(described(metadata, "config"), own), None
        if "base_config" in metadata:
            given = {key.removeprefix(BASE): value for key, value in tensors.items() if key.startswith(BASE)}
            base = _network(described(metadata, "base_config"), given)
        training, base_training = (
            described(metadata, key) if key in metadata else {} for key in ("training", "base_training")
        )
    except (KeyError, ValueError, TypeError, RuntimeError) as problem:
        raise UserError(f"The encoder file {path} does not fit this version of MICM Desktop: {problem}") from problem
    return LoadedEncoder(network, training, file_hash(path), base, base_training)


def _network(values: dict[str, Any], weights: Mapping[str, Tensor]) -> MicmNetwork:
    config = EncoderConfig.from_dict(values)
    # Before it is built: a few bytes of a file must not ask for all memory.
    if config.least_parameters > sum(value.numel() for value in weights.values()):
        raise ValueError("the network is larger than what the file holds")
    network = MicmNetwork(config)
    network.load_state_dict({name: value.float() for name, value in weights.items()})
    if isinstance(network.stem, ConvStem):
        network.stem.frozen_statistics = True
    return network.eval()


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write safetensors to a temporary file, flush it to the disk and rename it over ``path``. Raises OSError.

    The same content makes the same bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not save_file: it gives the file to its owner alone, and its error for a full disk is not an OSError.
    content = save({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, dict(metadata))
    header, data = _ordered(memoryview(content))
    with whole_file(path) as stream:
        stream.write(header)
        stream.write(data)


def _ordered(content: memoryview) -> tuple[bytes, memoryview]:
    """Header and data of a safetensors file, the metadata sorted: the library writes it in an order of chance."""
    size = int.from_bytes(content[:8], "little")
    header = json.loads(bytes(content[8 : 8 + size]))
    header["__metadata__"] = dict(sorted(header.get("__metadata__", {}).items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, content[8 + size :]


def read_tensors(path: Path, expected_format: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of one of our files. Raises UserError where it is broken, newer, or not ours."""
    try:
        with safe_open(path, framework="pt") as stream:
            metadata: dict[str, str] = stream.metadata() or {}
            check_format(metadata, path, expected_format)
            return {key: stream.get_tensor(key) for key in stream.keys()}, metadata  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as problem:
        raise unreadable(path, problem) from problem
