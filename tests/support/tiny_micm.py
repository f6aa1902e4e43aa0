"""Networks, runs and images small enough that a test pretrains in a moment."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.events import Event, Step
from micm_desktop.micm.trainer import pretrain
from micm_desktop.progress import JobControl

PATCH = EncoderConfig(stem="patch", image_size=32, patch_size=8, dim=16, heads=2, encoder_blocks=1, decoder_blocks=2)
CONV = EncoderConfig(stem="conv", image_size=64, patch_size=16, dim=16, heads=2, encoder_blocks=1, decoder_blocks=2)


def tiny_run(**changes: Any) -> PretrainConfig:
    """Two epochs from nothing on the CPU; every setting that a test may lean on is given here."""
    values: dict[str, Any] = {
        "epochs": 2,
        "init": "none",
        "device": "cpu",
        # Features of an untrained convolutional network are so small that half precision loses them.
        "half_precision": False,
        "encoder": PATCH,
        "batch_size": 8,
        "crop_size": 32,
        "local_crops": 1,
        "local_crop_size": 16,
        "mask_ratio": 0.4,
        "mask_ratio_spread": 0.1,
        "mask_probability": 0.5,
        "prototypes": 12,
        "head_hidden": 16,
        "head_bottleneck": 8,
        "learning_rate": 2e-3,
        "drop_path": 0.1,
        "freeze_prototypes": 0.3,
        "checkpoint_seconds": 1000.0,
    }
    return PretrainConfig(**(values | changes))


def write_images(folder: Path, count: int, first_seed: int = 0) -> list[Path]:
    """Small images of smooth stripes, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, columns = np.mgrid[0:40, 0:48] / 8
    paths = []
    for seed in range(first_seed, first_seed + count):
        rng = np.random.default_rng(seed)
        waves = [np.sin(rng.normal() * rows + rng.normal() * columns + rng.uniform(0, 6)) for _ in range(3)]
        path = folder / f"{seed - first_seed:03d}.png"
        Image.fromarray(np.uint8(127 + 120 * np.stack(waves, axis=2))).save(path)
        paths.append(path)
    return paths


def run_to_end(
    images: Iterable[Path],
    out: Path,
    config: PretrainConfig,
    control: JobControl | None = None,
    **options: Any,
) -> list[Event]:
    return list(pretrain(list(images), out, config, control or JobControl(), **options))


def cancel_after(step: int, images: list[Path], out: Path, config: PretrainConfig, **options: Any) -> list[Event]:
    """Run until ``step`` is done, then cancel."""
    control, events = JobControl(), []
    for event in pretrain(images, out, config, control, **options):
        events.append(event)
        if isinstance(event, Step) and event.step == step:
            control.cancel()
    return events


def steps(events: Iterable[Event]) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]


def same_weights(first: Path, second: Path) -> None:
    """Assert that two encoder files hold the same weights to the last bit."""
    expected, found = load_encoder(first).network.state_dict(), load_encoder(second).network.state_dict()
    assert [name for name, value in expected.items() if not torch.equal(found[name], value)] == []


def randomise(module: nn.Module, seed: int = 0, scale: float = 0.3) -> None:
    """Draw every parameter anew, so that none is the zero or one that a fresh network starts with."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * scale)
