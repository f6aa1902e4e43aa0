"""The pretraining runs that a project has had, from what it remembers of their encoders."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from micm_desktop.labeling.embedded import features_folder
from micm_desktop.micm.encoder_file import EncoderInfo, read_encoder_info
from micm_desktop.progress import UserError
from micm_desktop.project.records import EncoderRecord
from micm_desktop.project.store import Project


@dataclass(frozen=True)
class PastRun:
    """A finished run. ``reason`` is its verdict in words, empty where it had none; ``images`` and ``seconds`` are 0
    where nothing is known of them. ``judged_by``: how many tagged images the verdict is by.
    """

    encoder_id: int
    name: str
    made: datetime
    active: bool
    images: int = 0
    seconds: float = 0.0
    reason: str = ""
    judged_by: int = 0


def past_runs(project: Project) -> list[PastRun]:
    """The finished runs, the newest first. Instant: it reads the project's own table, no encoder file."""
    return [_past_run(record) for record in reversed(project.encoders())]


def delete_run(project: Project, encoder_id: int) -> None:
    """Forget a run, and delete what it has left inside the project: its encoder, features and map.

    Raises UserError where its encoder is in use, or not there.
    """
    record = project.remove_encoder(encoder_id)
    folders = [features_folder(project, info) for info in _readable_info(record.path)]
    active = project.active_encoder()
    # The same file may have been registered twice.
    kept = [features_folder(project, info) for info in _readable_info(active.path)] if active is not None else []
    for folder in folders:
        if folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    # As it really lies: a project that somebody else made may say encoders/../../anything, or hold links.
    if record.path.resolve().is_relative_to(project.folder.resolve()) and record.path.suffix == ".safetensors":
        record.path.unlink(missing_ok=True)


def _readable_info(path: Path) -> list[EncoderInfo]:
    try:
        return [read_encoder_info(path)]
    except UserError:
        return []


def _past_run(record: EncoderRecord) -> PastRun:
    try:
        known = json.loads(record.summary)
    except (ValueError, TypeError, RecursionError):
        known = {}
    if not isinstance(known, dict):
        known = {}
    verdict = known.get("verdict")
    if not isinstance(verdict, dict):
        verdict = {}
    return PastRun(
        record.id,
        record.name,
        record.created,
        record.active,
        round(_number(known, "images")),
        _number(known, "seconds"),
        str(verdict.get("reason", "")),
        round(_number(figures, "tagged")) if isinstance(figures := verdict.get("figures"), dict) else 0,
    )


def _number(known: Mapping[str, Any], name: str) -> float:
    value = known.get(name, 0)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e15 else 0.0
