"""The state of a run on the disk, from which a stopped run goes on."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from torch import Tensor

from micm_desktop.micm import checkpoint
from micm_desktop.micm.balance import BalanceState
from micm_desktop.micm.collapse import CollapseWatch
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.early_stop import Plateau
from micm_desktop.micm.encoder_file import FORMAT_VERSION, described
from micm_desktop.micm.image_set import ImageSet
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
BEGINNING = {"base_hash": "init", "processes": "processes"}
"""What has to be the same when the run goes on, and the setting that it stands for."""
KEPT_ASIDE = 3
"""Stopped runs that are kept where new ones began in their place."""


def state_path(out: Path) -> Path:
    """Where the state of a run that writes ``out`` lies."""
    return out.with_suffix(".state.safetensors")


def save_state(state: TrainingState, config: PretrainConfig, path: Path, images: ImageSet, edge: int) -> None:
    """Write all that a run needs to go on; ``edge`` in pixels is that at which its images are kept. Raises OSError."""
    tensors = {f"student.{name}": value for name, value in state.student.state_dict().items()}
    tensors |= {f"teacher.{name}": value for name, value in state.teacher.state_dict().items()}
    tensors |= {"center.class": state.class_center, "center.patch": state.patch_center, "images": images.to_tensor()}
    for index, values in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in values.items()}
    progress = {name: getattr(state, name) for name in (*PLAIN, *BEGINNING)} | {"edge": edge}
    progress |= {name: asdict(getattr(state, name)) for name in ("watch", "plateau", "balance")}
    metadata = {
        "format": checkpoint.STATE_FORMAT,
        "format_version": str(FORMAT_VERSION),
        "config": json.dumps(config.to_dict()),
        "progress": json.dumps(progress),
    }
    checkpoint.write_tensors(path, tensors, metadata)


def saved_config(out: Path) -> PretrainConfig:
    """Settings of the run whose training state lies beside ``out``. Raises UserError where it cannot be read."""
    return SavedRun.read(state_path(out)).config


@dataclass(frozen=True)
class SavedRun:
    """A state as it lies on the disk."""

    path: Path
    config: PretrainConfig
    edge: int
    """Edge in pixels at which the run's images are kept."""
    _tensors: dict[str, Tensor]
    _progress: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "SavedRun":
        """Raises UserError where the file is damaged, or another version's."""
        tensors, metadata = checkpoint.read_tensors(path, checkpoint.STATE_FORMAT)
        try:
            config, progress = (
                PretrainConfig.from_dict(described(metadata, "config")),
                described(metadata, "progress"),
            )
            return cls(path, config, int(progress["edge"]), tensors, progress)
        except (KeyError, TypeError, ValueError) as problem:
            raise cls._damaged(path) from problem

    def check_settings(self, config: PretrainConfig) -> None:
        """Raises UserError where ``config`` is another run's."""
        before, now = self.config.to_dict(), config.to_dict()
        self._refuse([name for name in now if name not in MAY_CHANGE and before[name] != now[name]])

    def restore(self, state: TrainingState, config: PretrainConfig, images: ImageSet) -> None:
        """Take the state over. Raises UserError where the run was made on other images, or began with other weights or
        on another number of processes than ``state``."""
        # The same name may stand for another network by now: a starter that came with an update, a file made anew.
        now = {name: getattr(state, name) for name in BEGINNING}
        self._refuse(
            [setting for name, setting in BEGINNING.items() if self._progress.get(name, now[name]) != now[name]]
        )
        try:
            self._check_images(images)
            self._restore(state, config)
        except (KeyError, TypeError, ValueError, RuntimeError) as problem:
            raise self._damaged(self.path) from problem

    def _refuse(self, changed: Sequence[str]) -> None:
        if changed:
            raise UserError(
                f"The stopped run in {self.path} was made with other settings ({', '.join(changed)}). Go on with those,"
                " or start a new run with these: the stopped one is kept."
            )

    def _check_images(self, images: ImageSet) -> None:
        added, gone = images.changes_since(ImageSet.from_tensor(self._tensors["images"]))
        if added or gone:
            raise UserError(
                f"The images are not those of the stopped run in {self.path}: {added} were added and {gone} are gone or"
                " have changed. To go on with that run, bring them back as they were. To use them as they are, start a"
                " new run: the stopped one is kept."
            )

    def _restore(self, state: TrainingState, config: PretrainConfig) -> None:
        state.student.load_state_dict(self._part("student."))
        state.teacher.load_state_dict(self._part("teacher."))
        optimizer = state.optimizer.state_dict()
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in self._part("optimizer.").items():
            index, name = key.split(".", 1)
            # What is read lies in the file itself, which Windows does not let be replaced while anything does.
            moments.setdefault(int(index), {})[name] = value.clone()
        optimizer["state"] = moments
        state.optimizer.load_state_dict(optimizer)
        device = state.class_center.device
        state.class_center = self._tensors["center.class"].clone().to(device)
        state.patch_center = self._tensors["center.patch"].clone().to(device)
        for name in PLAIN:
            setattr(state, name, self._progress[name])
        state.micro_batch = config.micro_batch or state.micro_batch
        state.watch = CollapseWatch.from_dict(self._progress["watch"])
        if (config.minutes, config.epochs) == (self.config.minutes, self.config.epochs):
            state.plateau = Plateau(**self._progress["plateau"])  # its times are shares of the run
        state.balance = BalanceState.from_dict(self._progress["balance"])

    def _part(self, prefix: str) -> dict[str, Tensor]:
        return {key.removeprefix(prefix): value for key, value in self._tensors.items() if key.startswith(prefix)}

    @staticmethod
    def _damaged(path: Path) -> UserError:
        return UserError(
            f"The stopped run in {path} is damaged, or another version of this program made it. Start a new run."
        )


def keep_aside(path: Path) -> str:
    """Rename a stopped run's state, so that a new run can begin in its place; of such states the last are kept.

    Returns what to tell the user. Raises OSError where the file cannot be renamed.
    """
    stem = path.name.removesuffix(".state.safetensors")
    stopped = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    kept, number = path.with_name(f"{stem}.stopped-{stopped:%Y%m%d-%H%M%S}.safetensors"), 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{stem}.stopped-{stopped:%Y%m%d-%H%M%S}-{number}.safetensors")
    path.replace(kept)
    ours = re.compile(re.escape(stem) + r"\.stopped-\d{8}-\d{6}(-\d+)?\.safetensors")
    earlier = [file for file in path.parent.iterdir() if ours.fullmatch(file.name)]
    for file in sorted(earlier, key=lambda file: file.stat().st_mtime)[:-KEPT_ASIDE]:
        with suppress(OSError):  # in use: it goes the next time
            file.unlink()
    return (
        f"The run that was stopped here before is kept as {kept}, and a new one begins. To go on with the old one"
        f" instead, stop this run and rename that file to {path.name}. The last {KEPT_ASIDE} such files are kept."
    )
