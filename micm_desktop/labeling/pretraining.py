"""Pretraining on a project's images."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.micm.events import Done, Event
from micm_desktop.progress import JobControl
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project


def pretrain_project(
    project: Project, images: Sequence[ImageRecord], config: PretrainConfig, control: JobControl, *, resume: bool
) -> Iterator[Event]:
    """Pretrain on ``images``; a completed run's encoder is judged by the tags, registered and used from then on.

    A cancelled run keeps its training state, from which ``resume`` goes on with that run's own settings and time; of
    ``config`` it takes the device alone.
    """
    from micm_desktop.fewshot.verdict import judged
    from micm_desktop.micm.state_file import saved_config
    from micm_desktop.micm.trainer import pretrain

    out = project.folder / "encoders" / "pretraining.safetensors"
    if resume and can_resume(project):
        config = replace(saved_config(out), device=config.device)
    paths = [image.path for image in images]

    def tagged() -> dict[Path, int]:
        tags = project.tags()
        return {image.path: tags[image.sha256] for image in images if image.sha256 in tags}

    events = pretrain(paths, out, config, control, resume=resume, tagged=tagged())
    for event in judged(events, config.init, paths, tagged, control):
        if isinstance(event, Done) and event.completed:
            number, final = _free_encoder_file(project)
            out.replace(final)
            info = read_encoder_info(final)
            summary = f'{{"images": {event.images}, "epochs": {event.epochs}, "objective": "{config.objective}"}}'
            project.register_encoder(final, f"MICM {number} ({info.sha256[:8]})", summary)
            event = replace(event, encoder=final)
        yield event


def can_resume(project: Project) -> bool:
    """Whether a stopped pretraining run can be continued."""
    return (project.folder / "encoders" / "pretraining.state.safetensors").exists()


def _free_encoder_file(project: Project) -> tuple[int, Path]:
    number = len(project.encoders()) + 1
    while (final := project.folder / "encoders" / f"encoder-{number:03d}.safetensors").exists():
        number += 1
    return number, final
