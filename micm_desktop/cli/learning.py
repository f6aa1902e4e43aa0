"""Commands that learn: pretrain, evaluate, fit."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from micm_desktop.cli.exporting import FormatName, FormatOf, Int8, Int8Limit, export_values, target_of
from micm_desktop.cli.leaving_out import TestSetOf, folder_without_locked, locked_images, without_locked
from micm_desktop.cli.output import (
    DONE,
    FAILED,
    Json,
    check_duration,
    check_out,
    command,
    finish,
    needs_desktop,
    stderr,
    tracked,
)
from micm_desktop.cli.regions import boxes_of
from micm_desktop.cli.tiling import tiles_for, trial_values
from micm_desktop.export.file_lock import only_writer
from micm_desktop.export.model_file import ExportResult
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.images.scan import find_images
from micm_desktop.progress import JobControl, Progress, UserError

Encoder = Annotated[str, typer.Option(help="'starter' or a .safetensors file made by pretrain.")]
Method = Annotated[str, typer.Option(help="auto, prototype, ridge, opta, opta-shares, soft-kmeans, logistic or local.")]
Good = Annotated[
    list[str] | None, typer.Option(help="Class of good parts; may be repeated. Without it good, ok, 良品, 良 or 正常.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of every random choice.")]


SHORTEST_ESTIMATED = 0.5
"""Runs of fewer minutes begin without an estimate."""


class ObjectiveName(StrEnum):
    """Choices of ``--objective``."""

    micm = "micm"
    mim = "mim"
    cl = "cl"


class NetworkName(StrEnum):
    """Choices of ``--network``: see :mod:`micm_desktop.micm.shapes`."""

    vit_t = "vit-t"
    vit_s = "vit-s"
    vit_t_conv = "vit-t-conv"
    vit_s_conv = "vit-s-conv"


class PresetName(StrEnum):
    """Choices of ``--preset``."""

    quick = "quick"
    standard = "standard"
    thorough = "thorough"


@command
def pretrain(
    images: Annotated[Path, typer.Argument(help="Folder of unlabeled images, searched with its sub-folders.")],
    out: Annotated[Path, typer.Option(help="Encoder file to write (.safetensors).")],
    init: Annotated[str, typer.Option(help="starter, none, an encoder file, or timm:NAME.")] = "starter",
    objective: Annotated[ObjectiveName, typer.Option(help="What to learn by.")] = ObjectiveName.micm,
    network: Annotated[
        NetworkName | None, typer.Option(help="Shape of the network with --init none: the paper's ViT-T or ViT-S.")
    ] = None,
    preset: Annotated[
        PresetName, typer.Option(help="5, 30 or 120 minutes where no time is given, and more views of each image.")
    ] = PresetName.quick,
    minutes: Annotated[float | None, typer.Option(help="Time to train, in minutes.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the images, instead of a time.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    threads: Annotated[int, typer.Option(min=0, help="CPU threads; 0: one a core.")] = 0,
    seed: Seed = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a run that was stopped.")] = False,
    test_set: TestSetOf = None,
    json: Json = False,
) -> int:
    """Pretrain an encoder on unlabeled images (MICM)."""
    needs_desktop()
    check_duration(minutes, epochs)
    if network is not None and init != "none":
        raise UserError("--network is the shape of a network that starts from nothing: use it with --init none.")
    check_out(out, ".safetensors")
    from micm_desktop.fewshot.verdict import judged
    from micm_desktop.micm.config import EncoderConfig, PretrainConfig
    from micm_desktop.micm.distributed import is_first, started_by_torchrun
    from micm_desktop.micm.estimate import estimate
    from micm_desktop.micm.events import Done, EpochEnd, Started, Step, Told
    from micm_desktop.micm.shapes import named_shape
    from micm_desktop.micm.trainer import pretrain as run

    config = PretrainConfig(
        objective=objective.value,
        preset=preset.value,
        minutes=minutes,
        epochs=epochs,
        init=init,
        device=device,
        threads=threads,
        seed=seed,
        encoder=named_shape(network.value) if network is not None else EncoderConfig(),
    )
    paths = list(find_images(images))
    if not paths:
        raise UserError(f"There are no images in {images}. Check the folder, or its sub-folders.")
    paths = without_locked(paths, locked_images(images, test_set))
    failed: tuple[UnreadableImage, ...] = ()
    code = FAILED
    control = JobControl()
    # One of several processes of torchrun: the first one tells, and judges the result.
    first = is_first()
    with _interrupt_cancels(control), only_writer(out) if first else nullcontext():
        if not first:
            for _ in run(paths, out, config, control, resume=resume):
                pass
            return DONE
        # Of a run of seconds nothing is worth telling before it, and one that goes on tells its rest at once.
        alone = not started_by_torchrun()
        if alone and not resume and (minutes is None or minutes >= SHORTEST_ESTIMATED):
            with suppress(UserError):  # The run itself says what is wrong, and counts the files.
                expected = estimate(paths, config, control)
                for sentence in (*expected.reasons, expected.sentence()):
                    stderr.print(sentence, markup=False)
        events = judged(run(paths, out, config, control, resume=resume), init, paths, dict, control)
        for event in tracked(events, "reading images"):
            match event:
                case Started():
                    failed = event.problems
                    stderr.print(f"{event.images} images, {event.device}", markup=False)
                case Step() if event.step % 10 == 0 or event.step == 1:
                    terms = "  ".join(f"{name} {value:.3f}" for name, value in event.losses.items())
                    left = f"{event.seconds_left / 60:.1f} min left"
                    speed = f"{event.images_per_second:.1f} images/s"
                    stderr.print(f"step {event.step}/{event.total_steps}  {terms}  {speed}  {left}", markup=False)
                case EpochEnd():
                    signals = "  ".join(f"{name} {value:.2f}" for name, value in event.monitor.items())
                    stderr.print(f"epoch {event.epoch + 1} done: {signals}", markup=False)
                case Told():
                    when = f"step {event.step}: " if event.step else ""
                    stderr.print(f"{when}{' '.join(event.sentences)}", markup=False)
                case Done():
                    values = {
                        "encoder": str(event.encoder),
                        "completed": event.completed,
                        "epochs": event.epochs,
                        "images": event.images,
                        "images_per_second": round(event.images_per_second, 2),
                        "losses": {name: round(value, 4) + 0.0 for name, value in event.losses.items()},  # no -0.0
                        "peak_memory_mb": round(event.peak_memory_mb),
                        "seconds": round(event.seconds, 1),
                        "verdict": asdict(event.verdict) if event.verdict is not None else None,
                    }
                    if event.verdict is not None:
                        stderr.print(event.verdict.reason, markup=False)
                    code = finish(values, json, failed)
                    if not event.completed:
                        stderr.print("Stopped. Continue with the same command and --resume.", markup=False)
                        code = FAILED
    return code


@command
def fit(
    labeled: Annotated[Path, typer.Argument(help="Folder with one sub-folder of images per class.")],
    out: Annotated[Path, typer.Option(help="Model file to write (.onnx or .xml).")],
    encoder: Encoder = "starter",
    shots: Annotated[int | None, typer.Option(help="Support images per class; all without it.")] = None,
    method: Method = "auto",
    boxes: Annotated[
        Path | None, typer.Option(help="CSV of marked regions, for local and tiles to learn from.")
    ] = None,
    tiles: Annotated[
        str, typer.Option(help="1 to 4 tiles along each edge; auto: large images are cut where the tags call for it.")
    ] = "auto",
    good: Good = None,
    format: FormatOf = FormatName.onnx,
    int8: Int8 = False,
    int8_limit: Int8Limit = 1.0,
    seed: Seed = 0,
    test_set: TestSetOf = None,
    json: Json = False,
) -> int:
    """Build a model file from labeled folders."""
    needs_desktop()
    if shots is not None and shots < 1:
        raise UserError("--shots must be at least 1.")
    target = target_of(format, int8, int8_limit, out)
    from micm_desktop.export.fit import fit_folder
    from micm_desktop.export.fit_tiles import fit_folder_in_tiles
    from micm_desktop.fewshot.classify import check_method
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, read_labeled_folder
    from micm_desktop.fewshot.tiled_folder import TiledFolder
    from micm_desktop.fewshot.tiles import good_classes
    from micm_desktop.micm.checkpoint import load_encoder

    check_method(method)
    folder = folder_without_locked(read_labeled_folder(labeled), locked_images(labeled, test_set))
    name_copies(folder.copies)
    failed: tuple[UnreadableImage, ...] = ()
    loaded, marked = load_encoder(encoder), boxes_of(boxes, labeled)
    good_ones = good_classes(folder.classes, good or ())
    count, trial = tiles_for(tiles, loaded, folder, good_ones, marked, method)
    events: Iterator[Progress | EmbeddedFolder | TiledFolder | ExportResult]
    if count > 1:
        control = JobControl()
        events = fit_folder_in_tiles(
            loaded, folder, good_ones, method, count, shots, seed, marked, out, control, target
        )
    else:
        kinds = tuple(good_ones.tolist())
        events = fit_folder(loaded, folder, method, shots, seed, out, JobControl(), marked, kinds, target)
    for event in tracked(events, "fitting"):
        if isinstance(event, EmbeddedFolder | TiledFolder):
            failed = event.failed
        elif isinstance(event, ExportResult):
            return finish(export_values(event) | {"tiles": count} | trial_values(trial), json, failed)
    return FAILED


def name_copies(copies: Sequence[Path]) -> None:
    """Say on standard error that files which equal another one do not count."""
    if copies:
        stderr.print(f"files that equal another one are passed over: {len(copies)}, such as {copies[0]}", markup=False)


@contextmanager
def _interrupt_cancels(control: JobControl) -> Iterator[None]:
    """Ctrl+C stops training at the next step and keeps its state, instead of tearing it down."""
    previous = signal.signal(signal.SIGINT, lambda *_: control.cancel())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
