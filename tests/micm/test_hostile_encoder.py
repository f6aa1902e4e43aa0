"""Encoder files that were made to take all memory, or hold what none of ours does."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from micm_desktop.micm.cnn import build_stages
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.progress import UserError

CONFIG = EncoderConfig(stem="patch", image_size=32, patch_size=8, dim=16, heads=2).to_dict()


def forged(tmp_path: Path, **changes: str) -> Path:
    metadata = {"format": "micm-encoder", "format_version": "1", "config": json.dumps(CONFIG)} | changes
    file = tmp_path / "forged.safetensors"
    file.write_bytes(save({"norm.weight": np.ones(16, np.float32)}, metadata))
    return file


@pytest.mark.parametrize(
    "change",
    [
        {"config": "[" * 100_000},
        {"config": "[]"},
        {"training": "[" * 100_000},
        {"training": '"text"'},
        {"config": json.dumps(CONFIG | {"patch_size": 0})},
        {"config": json.dumps(CONFIG | {"dim": 10**12})},
        {"config": json.dumps(CONFIG | {"dim": "16"})},
        {"config": json.dumps(CONFIG | {"heads": True})},
        {"config": json.dumps(CONFIG | {"mean": [1e999, 0, 0]})},
        {"format_version": "x"},
    ],
)
def test_descriptions_that_none_of_ours_has(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(UserError):
        read_encoder_info(forged(tmp_path, **change))


def test_a_header_that_promises_more_than_the_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "forged.safetensors"
    shape = {"w": {"dtype": "F32", "shape": [1 << 40, 1 << 20], "data_offsets": [0, 1 << 62]}}
    text = json.dumps(shape).encode()
    for data in (struct.pack("<Q", 1 << 60), struct.pack("<Q", len(text)) + text):
        file.write_bytes(data)
        with pytest.raises(UserError):
            read_encoder_info(file)


def test_a_network_larger_than_its_file_is_not_built(tmp_path: Path) -> None:
    """Else a few bytes would ask for 96 GB."""
    from micm_desktop.micm.checkpoint import load_encoder

    huge = CONFIG | {"dim": 1 << 14, "heads": 1, "encoder_blocks": 4, "decoder_blocks": 4}
    with pytest.raises(UserError, match="larger than what the file holds"):
        load_encoder(forged(tmp_path, config=json.dumps(huge)))


@pytest.mark.parametrize("name", ["hf-hub:somebody/model", "hf_hub:somebody/model", "local-dir:/tmp/model"])
def test_no_name_of_a_network_leads_out(name: str) -> None:
    with pytest.raises(ValueError, match="no model named"):
        build_stages(name)
