"""Reading what an encoder file says of itself needs no torch: the window starts before torch is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_micm import PATCH

import micm_desktop
from micm_desktop.file_hash import file_hash
from micm_desktop.micm.checkpoint import save_encoder
from micm_desktop.micm.encoder_file import encoder_path, starter_path
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import UserError

READER = """
import sys
from micm_desktop.micm.encoder_file import read_encoder_info
info = read_encoder_info(sys.argv[1])
print(info.config.dim, info.training["images"])
print(sorted({"torch", "torchvision", "timm", "PySide6"} & sys.modules.keys()))
"""


def test_info_is_read_without_torch(tmp_path: Path) -> None:
    path = tmp_path / "encoder.safetensors"
    save_encoder(path, MicmNetwork(PATCH), {"images": 31})
    paths = os.pathsep.join([str(Path(micm_desktop.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    found = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert found.stdout.splitlines() == [f"{PATCH.dim} 31", "[]"]


def test_starter_is_shipped() -> None:
    assert encoder_path("starter") == starter_path()
    assert starter_path().is_file()


def test_a_name_that_is_no_file_is_explained() -> None:
    with pytest.raises(UserError, match=r"startr.*pretrain"):
        encoder_path("startr")


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert file_hash(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
