"""What the tests of the window share: a folder of small pictures and a tiny pretraining run."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from micm_desktop.images.samples import render_sample
from micm_desktop.micm.config import EncoderConfig, PretrainConfig

KINDS = ("good", "scratch", "pit")
PER_KIND = 8
TINY = PretrainConfig(
    init="none",
    encoder=EncoderConfig(
        stem="patch", image_size=32, patch_size=8, dim=32, heads=2, encoder_blocks=1, decoder_blocks=1
    ),
    crop_size=32,
    local_crops=0,
    batch_size=8,
    prototypes=16,
    head_hidden=32,
    head_bottleneck=16,
    epochs=2,
    device="cpu",
)
TIMEOUT = 60_000
"""Milliseconds that a background job may take on a busy machine before its test fails."""


@dataclass(frozen=True)
class Bench:
    """A folder of images, and a project folder where an encoder for them is registered."""

    images: Path
    project: Path


def write_picture(path: Path, kind: str, seed: int, size: int = 48) -> None:
    picture, _ = render_sample(kind, np.random.default_rng(seed), size=size)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes())
