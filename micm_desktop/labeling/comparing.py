"""Pretraining runs side by side: how each was made, and how well the tags are told apart with what it has learned."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from micm_desktop.labeling.deciding import DecisionSettings
from micm_desktop.labeling.embedded import read_embeddings
from micm_desktop.labeling.judging import fit_tags
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.progress import JobControl
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project


@dataclass(frozen=True)
class HeldOutResult:
    """Of ``tagged`` images that another tag of their class is known of, ``right`` get their own class without their
    own tag (leave-one-out).
    """

    right: int
    tagged: int


@dataclass(frozen=True)
class ComparedRun:
    """A run as the project remembers it; ``made`` is None for the shipped encoder. What an earlier version did not
    write down is 0 or empty.

    ``monitor``: what :class:`~micm_desktop.micm.events.EpochEnd` said last. ``held_out`` is None where the images have
    no features of this encoder, or too few are tagged.
    """

    name: str
    made: datetime | None
    active: bool
    preset: str
    minutes: float
    images: int
    epochs: int
    seconds: float
    monitor: Mapping[str, float]
    reason: str
    held_out: HeldOutResult | None


def compare_runs(
    project: Project,
    encoder_ids: Sequence[int | None],
    images: Sequence[ImageRecord],
    settings: DecisionSettings,
    control: JobControl,
) -> list[ComparedRun]:
    """One value for each encoder, in order; None stands for the shipped one. ``images`` are readable, one per content.

    The same tags judge all of them. Raises Cancelled, and UserError where an encoder file cannot be read.
    """
    records = {record.id: record for record in project.encoders()}
    compared = []
    for encoder_id in encoder_ids:
        control.safe_point()
        record = records.get(encoder_id) if encoder_id is not None else None
        info = read_encoder_info(record.path if record is not None else "starter")
        fitted = fit_tags(project, read_embeddings(project, info, images), settings)
        held_out = None
        if fitted is not None and len(fitted.held_out.labels):
            right = fitted.held_out.probabilities.argmax(axis=1) == fitted.held_out.labels
            held_out = HeldOutResult(int(np.count_nonzero(right)), len(right))
        known = _known(record.summary) if record is not None else {}
        verdict = known.get("verdict")
        monitor = known.get("monitor")
        compared.append(
            ComparedRun(
                record.name if record is not None else "",
                record.created if record is not None else None,
                record.active if record is not None else not any(one.active for one in records.values()),
                str(known.get("preset", "")),
                _number(known.get("minutes")),
                round(_number(known.get("images"))),
                round(_number(known.get("epochs"))),
                _number(known.get("seconds")),
                {name: _number(value) for name, value in monitor.items()} if isinstance(monitor, dict) else {},
                str(verdict.get("reason", "")) if isinstance(verdict, dict) else "",
                held_out,
            )
        )
    return compared


def _known(summary: str) -> dict[str, Any]:
    try:
        known = json.loads(summary)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
