"""Networks that a run begins with."""

from pathlib import Path

import torch
from tiny_micm import CONV, PATCH, tiny_run

from micm_desktop.micm.checkpoint import save_encoder
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.micm.training_state import new_state

CPU = torch.device("cpu")


def test_a_run_may_ask_for_another_input_size(tmp_path: Path) -> None:
    save_encoder(tmp_path / "encoder.safetensors", MicmNetwork(PATCH), {})
    begun = new_state(tiny_run(init=str(tmp_path / "encoder.safetensors"), image_size=60), CPU)
    for network in (begun.student.network, begun.teacher.network):
        assert network.config.image_size == 64
        assert network.encoder_position.shape[1] == 64


def test_an_untrained_stem_learns_its_statistics_whatever_the_size() -> None:
    stem = new_state(tiny_run(encoder=CONV, image_size=96), CPU).student.network.stem
    assert isinstance(stem, ConvStem)
    assert not stem.frozen_statistics
