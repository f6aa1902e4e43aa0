#!/usr/bin/env python3
"""Pretraining in full and in half precision on the device that is there: speed, waiting for data, memory, accuracy.

Usage: precision.py [--device auto] [--crops 96 160 224] [--batches 32 128 256] [--seconds 1.5] [--quick] [--json OUT]
                    [--labeled FOLDER [--epochs 20] [--seeds 0 1]]

Each line: images per second of whole steps as a run makes them (views of the next step drawn meanwhile, losses read,
weights updated), the share of the time that they wait for views, and the GPU's peak memory; beside it the images per
second of the bare network on crops that lie on the device already, which is the least that the method asks for: the
student's forward and backward pass of all crops and the teacher's forward pass of the large ones. Crops come with the
small ones of their step of the presets' ladder. With ``--labeled`` also few-shot accuracy after as many passes in full
and in half precision: nearest prototypes, 5-way, of the encoder as training leaves it, without a verdict.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from micm_desktop.fewshot.episode_scores import run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.micm.device import autocast, describe, peak_memory_mb, resolve_device
from micm_desktop.micm.prefetch import Prefetch
from micm_desktop.micm.presets import LADDER, ImageFacts, choose
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.trainer import kept_edge, pretrain
from micm_desktop.micm.training_state import TrainingState, new_state
from micm_desktop.micm.update import drawer, train_step
from micm_desktop.progress import JobControl

WARM_UP, FEWEST_STEPS = 4, 5
IMAGE_EDGE, IMAGES = 256, 2048
"""Edge in pixels and number of the images that a run is thought to have."""


@dataclass(frozen=True)
class Speed:
    """What one setting costs; ``ratio`` is that of whole steps to the bare network."""

    crop: int
    local_crops: int
    batch: int
    precision: str
    images_per_second: float
    waiting: float
    bare_images_per_second: float
    ratio: float
    peak_memory_mb: float
    bare_peak_memory_mb: float
    at_once: int


def run_config(crop: int, batch: int, half: bool, device: str) -> PretrainConfig:
    """A run with the views of the ladder's step ``crop``."""
    views = next(one for one in LADDER if one.crop == crop)
    chosen = choose(PretrainConfig(minutes=30.0, half_precision=half), ImageFacts(IMAGES, IMAGE_EDGE), device).config
    return replace(
        chosen,
        batch_size=batch,
        crop_size=views.crop,
        local_crops=views.local_crops,
        local_crop_size=views.local_crop,
    )


def timed(step: Callable[[int], float], seconds: float) -> tuple[float, float]:
    """Seconds a step, and those of them that ``step`` says it has waited."""
    for number in range(WARM_UP):
        step(number)
    began, waited, done = time.perf_counter(), 0.0, 0
    while done < FEWEST_STEPS or time.perf_counter() - began < seconds:
        waited += step(WARM_UP + done)
        done += 1
    return (time.perf_counter() - began) / done, waited / done


def clear(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def measure(state: TrainingState, config: PretrainConfig, device: torch.device, seconds: float) -> Speed:
    """Whole steps, then the bare network on the crops of the first one."""
    clear(device)
    config = fit_crops(config, state.student.network.config.patch_size)
    edge = kept_edge(config, IMAGE_EDGE)
    pool = np.random.default_rng(0).integers(0, 256, (min(IMAGES, 4 * config.batch_size), edge, edge, 3), np.uint8)

    def batch(step: int) -> torch.Tensor:
        rows = np.random.default_rng(step).permutation(len(pool))[: config.batch_size]
        return torch.from_numpy(pool[rows])

    scaler = torch.amp.GradScaler(device.type, enabled=False)
    settings = settings_at(config, 0.5)
    draw = drawer(state, config, device, batch)
    with Prefetch(draw) as ahead:

        def step(number: int) -> float:
            began = time.perf_counter()
            drawn = ahead.take(number)
            waited = time.perf_counter() - began
            train_step(drawn, state, config, settings, device, scaler).loss.item()
            return waited

        each, waited = timed(step, seconds)
    whole_peak, at_once = peak_memory_mb(device), state.micro_batch
    crops = draw(0)
    clear(device)
    bare, _ = timed(lambda _: bare_step(state, crops.global_crops, crops.local_crops, config, device), seconds)
    return Speed(
        config.crop_size,
        config.local_crops,
        config.batch_size,
        "half" if config.half_precision else "full",
        config.batch_size / each,
        waited / each,
        config.batch_size / bare,
        bare / each,
        whole_peak,
        peak_memory_mb(device),
        at_once,
    )


def bare_step(
    state: TrainingState, large: torch.Tensor, small: torch.Tensor, config: PretrainConfig, device: torch.device
) -> float:
    """Forward and backward pass of the student, forward pass of the teacher; nothing else."""
    state.optimizer.zero_grad(set_to_none=True)
    student, teacher = state.student.network, state.teacher.network
    with autocast(device, config.half_precision):
        with torch.no_grad():
            teacher(large)
        tokens = student(large)
        loss = tokens.class_token.float().square().mean() + tokens.patch_tokens.float().square().mean()
        if len(small):
            loss = loss + student(small).class_token.float().square().mean()
    loss.backward()  # type: ignore[no-untyped-call]
    loss.item()
    return 0.0


def accuracy_after(folder: Path, epochs: int, seed: int, half: bool, device: str) -> dict[str, float | str | int]:
    """Speed of a run of ``epochs`` passes over all images of ``folder``, and what its encoder is worth."""
    labeled = read_labeled_folder(folder)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "encoder.safetensors"
        config = PretrainConfig(epochs=epochs, seed=seed, half_precision=half, device=device)
        *_, done = pretrain(labeled.paths, out, config, JobControl())
        *_, embedded = embed_folder(load_encoder(out), labeled, JobControl())
    assert isinstance(embedded, EmbeddedFolder)
    found: dict[str, float | str | int] = {
        "set": folder.name,
        "precision": "half" if half else "full",
        "epochs": epochs,
        "seed": seed,
        "images_per_second": round(done.images_per_second, 1),  # type: ignore[union-attr]
    }
    for shots in (1, 5):
        scores = run_episodes(embedded.embeddings, embedded.labels, EpisodeConfig(shots=shots, method="prototype"))
        found[f"{shots}-shot"] = round(100 * scores.result.accuracy, 1)
        found[f"{shots}-shot ±"] = round(100 * scores.result.ci95, 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--crops", type=int, nargs="+", default=[96, 160, 224], choices=[one.crop for one in LADDER])
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128, 256])
    parser.add_argument("--seconds", type=float, default=1.5, help="to time each setting")
    parser.add_argument("--quick", action="store_true", help="the smallest setting alone, to see that it works")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--labeled", type=Path, nargs="*", default=[], help="also measure accuracy on these")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    args = parser.parse_args()
    device = resolve_device(args.device)
    if args.quick:
        args.crops, args.batches, args.seconds = [96], [8], 0.0
    print(f"{describe(device)}, torch {torch.__version__}")
    header = ("crop", "small", "batch", "precision", "images/s", "waiting", "bare", "ratio", "MiB", "bare MiB", "parts")
    print(f"\n| {' | '.join(header)} |\n|{'---|' * len(header)}", flush=True)
    speeds = []
    for crop in args.crops:
        torch.manual_seed(0)
        state = new_state(run_config(crop, args.batches[0], False, device.type), device)
        for batch in args.batches:
            for half in (False, True):
                one = measure(state, run_config(crop, batch, half, device.type), device, args.seconds)
                speeds.append(asdict(one))
                cells = [f"{one.crop} px", str(one.local_crops), str(one.batch), one.precision]
                cells += [f"{one.images_per_second:.0f}", f"{one.waiting:.0%}", f"{one.bare_images_per_second:.0f}"]
                cells += [f"{one.ratio:.0%}", f"{one.peak_memory_mb:.0f}", f"{one.bare_peak_memory_mb:.0f}"]
                print(f"| {' | '.join([*cells, str(one.at_once or '')])} |", flush=True)
    accuracies = []
    for folder in args.labeled:
        for seed in args.seeds:
            for half in (False, True):
                found = accuracy_after(folder, args.epochs, seed, half, args.device)
                accuracies.append(found)
                print(json.dumps(found), flush=True)
    if args.json is not None:
        values = {"device": describe(device), "torch": torch.__version__, "speed": speeds, "accuracy": accuracies}
        args.json.write_text(json.dumps(values, indent=1))


if __name__ == "__main__":
    main()
