#!/usr/bin/env python3
"""Speed and memory of pretraining at its default settings, on generated images.

Usage: pretrain.py [--images 10000] [--edge 128] [--blocks 4] [--threads 0] [--device auto] [--full-precision]

Prints the images per second of a real run (reading, drawing views, training, events, checkpoints) beside those of the
same network fed one batch that was drawn before and stays in memory; the share of each part of the work; and the peak
memory of a run of its own, to its end. The two speeds are measured in turns, so that other work on the computer slows
both alike; where the computer is busy it still slows the run more, which keeps a second thread at work.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import torch

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm import micro_batch, update
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.micm.device import describe, resolve_device, use_threads
from micm_desktop.micm.events import Done, Step
from micm_desktop.micm.presets import choose, image_facts
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.trainer import kept_edge, pretrain
from micm_desktop.micm.training_state import new_state
from micm_desktop.progress import JobControl

STEPS_PER_BLOCK = 8
WARM_UP = 3
FORWARD = {
    micro_batch: ("teacher_tokens", "make_targets", "student_tokens", "loss_terms"),
    update: ("_implant_terms",),
}


def write_pictures(folder: Path, count: int, edge: int) -> list[Path]:
    """JPEG files of smooth noise; as quick to make as they are to read."""
    rng = np.random.default_rng(0)
    paths = []
    for number in range(count):
        coarse = rng.integers(0, 255, (edge // 8, edge // 8, 3), np.uint8)
        path = folder / f"{number:06d}.jpg"
        ok, content = cv2.imencode(".jpg", cv2.resize(coarse, (edge, edge), interpolation=cv2.INTER_CUBIC))
        assert ok
        path.write_bytes(content.tobytes())
        paths.append(path)
    return paths


class Stopwatch:
    """Processor time of functions that are replaced by timed ones."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*args: Any, **options: Any) -> Any:
            began = time.process_time()
            result = function(*args, **options)
            self.seconds[part] = self.seconds.get(part, 0.0) + time.process_time() - began
            return result

        return measured


class StoppingScaler:
    """Scales nothing; remembers the processor time at which the gradients were complete."""

    complete = 0.0

    def scale(self, loss: torch.Tensor) -> torch.Tensor:
        return loss

    def unscale_(self, _: torch.optim.Optimizer) -> None:
        self.complete = time.process_time()

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        optimizer.step()

    def update(self) -> None:
        return


def measure_speed(paths: list[Path], config: PretrainConfig, folder: Path, blocks: int) -> dict[str, float]:
    """Images per second of a run and of a batch in memory, block by block in turns."""
    control = JobControl()
    events = pretrain(paths, folder / "speed.safetensors", config, control)
    device, settings = resolve_device(config.device), settings_at(config, 0.5)
    state = new_state(config, device)
    config = fit_crops(config, state.student.network.config.patch_size)
    pixels = first_batch(paths, config, folder)
    drawn = update.drawer(state, config, device, lambda _: pixels)(0)
    scaler = torch.amp.GradScaler(device.type, enabled=False)

    def fixed_step() -> None:
        update.train_step(drawn, state, config, settings, device, scaler).loss.item()

    def real_steps(count: int) -> None:
        for event in events:
            count -= isinstance(event, Step)
            if not count:
                return

    real_steps(WARM_UP)
    for _ in range(WARM_UP):
        fixed_step()
    real, fixed, processor = [], [], []
    for _ in range(blocks):
        began, began_cpu = time.perf_counter(), time.process_time()
        real_steps(STEPS_PER_BLOCK)
        between, between_cpu = time.perf_counter(), time.process_time()
        for _ in range(STEPS_PER_BLOCK):
            fixed_step()
        real.append(between - began)
        fixed.append(time.perf_counter() - between)
        processor.append((time.process_time() - between_cpu) / (between_cpu - began_cpu))
    control.cancel()
    for _ in events:
        pass
    images = STEPS_PER_BLOCK * config.batch_size
    return {
        "real_images_per_second": images / median(real),
        "fixed_images_per_second": images / median(fixed),
        "ratio": median(b / a for a, b in zip(real, fixed, strict=True)),
        "processor_ratio": median(processor),
    }


def measure_parts(paths: list[Path], config: PretrainConfig, folder: Path, steps: int) -> dict[str, float]:
    """Processor seconds a step of each part; ``decode`` a batch, though each image is decoded once a run."""
    device, settings = resolve_device(config.device), settings_at(config, 0.5)
    watch, scaler = Stopwatch(), StoppingScaler()
    began = time.process_time()
    pixels = first_batch(paths, config, folder)
    decode = time.process_time() - began
    state = new_state(config, device)
    config = fit_crops(config, state.student.network.config.patch_size)
    originals = {(module, name): getattr(module, name) for module, names in FORWARD.items() for name in names}
    for (module, name), function in originals.items():
        setattr(module, name, watch.timed("forward", function))
    draw = watch.timed("augment", update.drawer(state, config, device, lambda _: pixels))
    totals = {"gradients": 0.0, "update": 0.0}
    for step in range(WARM_UP + steps):
        if step == WARM_UP:
            watch.seconds.clear()
            totals = dict.fromkeys(totals, 0.0)
        drawn = draw(step)
        began = time.process_time()
        update.train_step(drawn, state, config, settings, device, scaler)  # type: ignore[arg-type]
        totals["gradients"] += scaler.complete - began
        totals["update"] += time.process_time() - scaler.complete
    for (module, name), function in originals.items():
        setattr(module, name, function)
    forward = watch.seconds["forward"]
    parts = {
        "augment": watch.seconds["augment"],
        "forward": forward,
        "backward": totals["gradients"] - forward,
        "update": totals["update"],
    }
    return {"decode": decode} | {name: seconds / steps for name, seconds in parts.items()}


def first_batch(paths: list[Path], config: PretrainConfig, folder: Path) -> torch.Tensor:
    """The first images as a run keeps them, (B, S, S, 3) uint8."""
    cache = PixelCache(folder / "first.tmp", kept_edge(config, image_facts(paths).edge))
    for _ in cache.fill(paths[: config.batch_size], JobControl()):
        pass
    pixels = torch.from_numpy(cache.rows(np.arange(config.batch_size)))
    cache.delete()
    return pixels


def measure_memory(paths: list[Path], config: PretrainConfig, folder: Path) -> float:
    """Peak memory (MiB) of a run of this process, to its end."""
    peak = 0.0
    for event in pretrain(paths, folder / "memory.safetensors", config, JobControl()):
        if isinstance(event, Done):
            peak = event.peak_memory_mb
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--edge", type=int, default=128, help="edge of the generated images, pixels")
    parser.add_argument("--blocks", type=int, default=4, help="turns of the two speeds, 8 steps each")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--full-precision", action="store_true")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    use_threads(args.threads)
    device = resolve_device(args.device)
    config = PretrainConfig(
        device=args.device, threads=args.threads, half_precision=not args.full_precision, checkpoint_seconds=30.0
    )
    if args.memory_of is not None:
        paths = sorted(args.memory_of.glob("*.jpg"))
        run = PretrainConfig(**{**vars(config), "minutes": 1.5, "checkpoint_seconds": 20.0})
        print(json.dumps(measure_memory(paths, run, args.memory_of)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"writing {args.images} images of {args.edge} px", file=sys.stderr)
        paths = write_pictures(folder, args.images, args.edge)
        chosen = choose(config, image_facts(paths), device.type, torch.get_num_threads()).config
        print(f"{describe(device)}; {chosen.batch_size} images a step, crops of {chosen.crop_size} px")
        parts = measure_parts(paths, chosen, folder, STEPS_PER_BLOCK)
        speed = measure_speed(paths, chosen, folder, args.blocks)
        command = [sys.executable, __file__, "--memory-of", name, "--threads", str(args.threads)]
        command += ["--device", args.device, *(["--full-precision"] if args.full_precision else [])]
        peak = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"training        {speed['real_images_per_second']:7.1f} images/s")
    print(f"batch in memory {speed['fixed_images_per_second']:7.1f} images/s")
    print(f"ratio           {speed['ratio']:7.1%}  (of processor time {speed['processor_ratio']:.1%})")
    print(f"peak memory     {peak:7.0f} MiB")
    in_steps = sum(parts.values()) - parts["decode"]
    print(f"parts of a step, processor time ({in_steps:.2f} s in all; decoding once a run)")
    for part, seconds in parts.items():
        share = f"{seconds / in_steps:6.1%}" if part != "decode" else f"+{seconds / in_steps:5.1%} in the first pass"
        print(f"  {part:10s} {seconds:6.3f} s {share}")


if __name__ == "__main__":
    main()
