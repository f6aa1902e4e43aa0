"""Exporting and pretraining are killed at any moment: whatever bears its name is whole, and the next run goes on."""

import random
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("the driver forks", allow_module_level=True)

from command_line import run
from crashes import Driver
from labeling_bench import KINDS, LabelingBench

from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.project.store import Project

KILLS = 3


@pytest.mark.slow
def test_exporting_and_pretraining_leave_nothing_half(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    bench = LabelingBench(tmp_path, labeled, patch_encoder)
    bench.start()
    tags = bench.tag(*KINDS)
    bench.labeling.close()
    folder, model = bench.labeling.project.folder, tmp_path / "model.onnx"
    chance = random.Random(0)
    driver = Driver("torch")
    try:
        driver.live("export", 0.0, after=1, project=str(folder), out=str(model))
        assert run("verify", model).code == 0
        for _ in range(KILLS):
            driver.live("export", 1.5 * chance.random(), project=str(folder), out=str(model))
            assert run("verify", model).code == 0, "the last whole file, or a new one"
        finished = 0
        for _ in range(KILLS):
            said = driver.live("pretrain", 0.4 * chance.random(), chance.randrange(1, 6), project=str(folder))
            assert not [line for line in said if "error" in line], said
            finished += sum("done" in line for line in said)
            project = Project.open_exclusively(folder)
            assert project.holder is None and len(project.tags()) == 2 * len(tags)
            encoders = project.encoders()
            assert all(read_encoder_info(one.path).sha256 for one in encoders)
            assert len(encoders) >= 1 + finished
            project.close()
    finally:
        driver.close()
