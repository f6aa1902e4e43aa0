"""The state of a run on the disk, from which a stopped run goes on."""

import json
from dataclasses import asdict
from pathlib import Path

from torch import Tensor

from micm_desktop.micm import checkpoint
from micm_desktop.micm.balance import BalanceState
from micm_desktop.micm.collapse import CollapseWatch
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.early_stop import Plateau
from micm_desktop.micm.encoder_file import FORMAT_VERSION
from micm_desktop.micm.training_state import TrainingState
from micm_desktop.progress import UserError

MAY_CHANGE = frozenset(
    {
        "preset",
        "minutes",
        "epochs",
        "local_crops",
        "micro_batch",
        "device",
        "threads",
        "early_stop",
        "checkpoint_seconds",
    }
)
"""Settings that a resumed run may be given anew: they say how long and where it runs. ``preset`` sets local crops."""


PLAIN = ("step", "elapsed", "stage", "micro_batch", "answers")
"""What is kept as it is, beside the tensors, the watch, the plateau and the balance."""


def save_state(state: TrainingState, config: PretrainConfig, path: Path, source: str) -> None:
    """Write all that a run needs to go on. ``source`` is the hash of its images. Raises OSError."""
    tensors = {f"student.{name}": value for name, value in state.student.state_dict().items()}
    tensors |= {f"teacher.{name}": value for name, value in state.teacher.state_dict().items()}
    tensors |= {"center.class": state.class_center, "center.patch": state.patch_center}
    for index, values in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in values.items()}
    metadata = {
        "format": checkpoint.STATE_FORMAT,
        "format_version": str(FORMAT_VERSION),
        "config": json.dumps(config.to_dict()),
        "progress": json.dumps(
            {name: getattr(state, name) for name in PLAIN}
            | {name: asdict(getattr(state, name)) for name in ("watch", "plateau", "balance")}
            | {"source_hash": source}
        ),
    }
    checkpoint.write_tensors(path, tensors, metadata)


def saved_config(out: Path) -> PretrainConfig:
    """Settings of the run whose training state lies beside ``out``. Raises UserError where it cannot be read."""
    path = out.with_suffix(".state.safetensors")
    _, metadata = checkpoint.read_tensors(path, checkpoint.STATE_FORMAT)
    try:
        return PretrainConfig.from_dict(json.loads(metadata["config"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise UserError(f"The settings inside {path} are damaged. Start a new run.") from problem


def restore_state(state: TrainingState, config: PretrainConfig, path: Path, source: str) -> None:
    """Take a saved state over. Raises UserError where it is another run's: its settings or its images differ."""
    tensors, metadata = checkpoint.read_tensors(path, checkpoint.STATE_FORMAT)
    saved, before = json.loads(metadata["progress"]), json.loads(metadata["config"])
    now = json.loads(json.dumps(config.to_dict()))
    changed = [name for name in now if name not in MAY_CHANGE and before.get(name, now[name]) != now[name]]
    if changed:
        named = ", ".join(changed)
        raise UserError(f"{path} was made with other settings ({named}). Use those, or start again without --resume.")
    if saved["source_hash"] != source:
        raise UserError(f"{path} belongs to a run on other images. Start again without --resume.")

    def part(prefix: str) -> dict[str, Tensor]:
        return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}

    try:
        state.student.load_state_dict(part("student."))
        state.teacher.load_state_dict(part("teacher."))
    except RuntimeError as problem:
        raise UserError(f"{path} was made with other settings. Start again without --resume.") from problem
    optimizer = state.optimizer.state_dict()
    moments: dict[int, dict[str, Tensor]] = {}
    for key, value in part("optimizer.").items():
        index, name = key.split(".", 1)
        moments.setdefault(int(index), {})[name] = value
    optimizer["state"] = moments
    state.optimizer.load_state_dict(optimizer)
    device = state.class_center.device
    state.class_center, state.patch_center = tensors["center.class"].to(device), tensors["center.patch"].to(device)
    for name in PLAIN:
        setattr(state, name, saved[name])
    state.micro_batch = config.micro_batch or state.micro_batch
    state.watch = CollapseWatch.from_dict(saved["watch"])
    state.plateau = Plateau(**saved["plateau"])
    state.balance = BalanceState.from_dict(saved["balance"])
