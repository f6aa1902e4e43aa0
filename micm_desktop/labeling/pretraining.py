"""Pretraining on a project's images."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.micm.events import Done, EpochEnd, Event, Told
from micm_desktop.progress import JobControl
from micm_desktop.project.records import EncoderRecord, ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.micm.estimate import Estimate


MARK = "test_mark"
"""In a run's summary: :attr:`SetAside.mark` when it began. Images that were locked later have been learned from."""
MARK_SETTING = "pretraining_test_mark"


def pretrain_project(
    project: Project,
    images: Sequence[ImageRecord],
    config: PretrainConfig,
    control: JobControl,
    *,
    resume: bool,
    previews: int = 0,
) -> Iterator[Event]:
    """Pretrain on ``images`` without the test set; a completed run's encoder is judged by the tags, registered and used
    from then on.

    A cancelled run keeps its training state, from which ``resume`` goes on with that run's own settings and time; of
    ``config`` it takes the device alone. ``previews``: how many images to show as the network rebuilds them.
    """
    from micm_desktop.fewshot.verdict import judged
    from micm_desktop.micm.state_file import saved_config
    from micm_desktop.micm.trainer import pretrain

    out = project.folder / "encoders" / "pretraining.safetensors"
    test_set = project.test_set()
    if resume and can_resume(project):
        config = replace(saved_config(out), device=config.device)
        mark = int(project.setting(MARK_SETTING, "0"))
    else:
        # What is locked while the run goes on has been seen, and so has all that the encoder it begins from has seen.
        begun_from = [known_mark(record) for record in project.encoders() if str(record.path) == config.init]
        mark = min([test_set.mark, *begun_from])
        project.set_setting(MARK_SETTING, str(mark))
    free = [image for image in images if image.sha256 not in test_set.locked]
    paths = [image.path for image in free]
    if len(free) < len(images):
        yield Told(0, f"{len(images) - len(free)} images of the test set are left out: nothing may learn from them.")

    def tagged() -> dict[Path, int]:
        tags = project.support_tags()
        return {image.path: tags[image.sha256] for image in free if image.sha256 in tags}

    events = pretrain(paths, out, config, control, resume=resume, tagged=tagged(), previews=previews)
    monitor: Mapping[str, float] = {}
    for event in judged(events, config.init, paths, tagged, control):
        if isinstance(event, EpochEnd):
            monitor = event.monitor
        if isinstance(event, Done) and event.completed:
            number, final = _free_encoder_file(project)
            out.replace(final)
            info = read_encoder_info(final)
            summary = json.dumps(_summary(event, config, monitor) | {MARK: mark}, ensure_ascii=False)
            project.register_encoder(final, f"MICM {number} ({info.sha256[:8]})", summary)
            event = replace(event, encoder=final)
        yield event


def estimate_pretraining(images: Sequence[ImageRecord], config: PretrainConfig, control: JobControl) -> "Estimate":
    """What a run on ``images`` would be like, measured by a few of its steps. Raises as the run would, and Cancelled.

    Not beside a run: both draw from torch's own random numbers.
    """
    from micm_desktop.micm.estimate import estimate

    return estimate([image.path for image in images], config, control)


def can_resume(project: Project) -> bool:
    """Whether a stopped pretraining run can be continued."""
    return (project.folder / "encoders" / "pretraining.state.safetensors").exists()


def known_mark(record: EncoderRecord) -> int:
    """:data:`MARK` of an encoder; 0 where it was not written down: then all that is locked may have been seen."""
    try:
        found = json.loads(record.summary)[MARK]
    except (ValueError, KeyError, TypeError):
        return 0
    return found if isinstance(found, int) else 0


def _summary(done: Done, config: PretrainConfig, monitor: Mapping[str, float]) -> dict[str, Any]:
    """What the project remembers of a run; :func:`~micm_desktop.labeling.past_runs.past_runs` and
    :func:`~micm_desktop.labeling.comparing.compare_runs` read it."""
    verdict = done.verdict.to_dict() if done.verdict is not None else None
    return {
        "images": done.images,
        "epochs": done.epochs,
        "objective": config.objective,
        "preset": config.preset,
        "minutes": config.minutes,
        "monitor": {name: round(float(value), 4) for name, value in monitor.items() if math.isfinite(value)},
        "seconds": round(done.seconds, 1),
        "verdict": verdict,
    }


def _free_encoder_file(project: Project) -> tuple[int, Path]:
    number = len(project.encoders()) + 1
    while (final := project.folder / "encoders" / f"encoder-{number:03d}.safetensors").exists():
        number += 1
    return number, final
