"""The same seed on the same device makes the same file, and the file says how to make it again."""

import platform
import shutil
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from tiny_micm import CONV, run_to_end, tiny_run

from micm_desktop import __version__
from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.micm.network import MicmNetwork


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"centering": "ema", "mask_probability": 1.0},
        {"stage2_share": 0.5},
        {"dynamic_balance": True, "early_stop": True, "epochs": 4},
        {"micro_batch": 3},
    ],
    ids=["plain", "ema", "stage 2", "balance", "parts"],
)
def test_the_same_seed_makes_the_same_file_byte_for_byte(
    changes: dict[str, Any], pictures: list[Path], tmp_path: Path
) -> None:
    first, again = tmp_path / "first.safetensors", tmp_path / "again.safetensors"
    run_to_end(pictures, first, tiny_run(**changes))
    torch.rand(5)  # what others drew from torch's own generator must not matter
    run_to_end(pictures, again, tiny_run(**changes))
    assert again.read_bytes() == first.read_bytes()


def test_with_implanted_defects_too(pictures: list[Path], tmp_path: Path) -> None:
    start, first, again = (tmp_path / f"{name}.safetensors" for name in ("start", "first", "again"))
    torch.manual_seed(5)
    save_encoder(start, MicmNetwork(CONV), {})
    config = tiny_run(init=str(start), epochs=1, crop_size=64, local_crop_size=32, batch_size=12, lambda_implant=1.0)
    for out in (first, again):
        run_to_end(pictures, out, config)
    assert load_encoder(first).base is not None, "the run had a saliency head"
    assert again.read_bytes() == first.read_bytes()


def test_another_seed_makes_another_file(pictures: list[Path], tmp_path: Path) -> None:
    first, other = tmp_path / "first.safetensors", tmp_path / "other.safetensors"
    run_to_end(pictures, first, tiny_run())
    run_to_end(pictures, other, tiny_run(seed=1))
    assert other.read_bytes() != first.read_bytes()


def test_the_file_says_how_it_was_made(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    config = tiny_run(seed=7, epochs=1)
    run_to_end(pictures, out, config)
    training = read_encoder_info(out).training
    assert PretrainConfig.from_dict(training["config"]) == config
    assert training["seed"] == 7
    assert training["versions"] == {
        "micm-desktop": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "timm": timm.__version__,
    }


def test_the_hash_is_that_of_the_images_whatever_their_names_and_order(pictures: list[Path], tmp_path: Path) -> None:
    def source(images: list[Path]) -> str:
        run_to_end(images, tmp_path / "encoder.safetensors", tiny_run(epochs=1))
        return str(read_encoder_info(tmp_path / "encoder.safetensors").training["source_hash"])

    moved = [Path(shutil.copy(path, tmp_path / f"moved-{path.name}")) for path in reversed(pictures)]
    assert source(moved) == source(pictures) != source(pictures[1:])
