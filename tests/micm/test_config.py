"""Settings: what is refused, what a preset and an objective mean, and that they survive JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tiny_micm import CONV, tiny_run

from micm_desktop.micm.config import EncoderConfig, PretrainConfig


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"image_size": 100}, "image_size"),
        ({"stem": "conv", "patch_size": 8}, "patch_size"),
        ({"dim": 30, "heads": 4}, "heads"),
        ({"decoder_blocks": 0}, "decoder"),
    ],
)
def test_an_impossible_network_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(EncoderConfig(stem="patch", image_size=64, patch_size=16, dim=32, heads=4), **changes)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"batch_size": 1}, "batch_size"),
        ({"minutes": 0.0}, "minutes"),
        ({"minutes": -1.0}, "minutes"),
        ({"epochs": 0}, "epochs"),
        ({"prototypes": 1}, "prototypes"),
    ],
)
def test_an_impossible_run_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        tiny_run(**changes)


def test_the_grid_counts_patches_along_one_edge() -> None:
    assert EncoderConfig(stem="patch", image_size=96, patch_size=8, dim=32, heads=4).grid == 12


def test_settings_survive_json() -> None:
    run = tiny_run(encoder=replace(CONV, mean=(0.1, 0.2, 0.3)), global_scale=(0.35, 0.9), minutes=1.5)
    assert PretrainConfig.from_dict(json.loads(json.dumps(run.to_dict()))) == run
    assert EncoderConfig.from_dict(json.loads(json.dumps(CONV.to_dict()))) == CONV


def test_settings_that_a_later_version_added_are_passed_over() -> None:
    assert EncoderConfig.from_dict(CONV.to_dict() | {"invented_later": 3}) == CONV


def test_objectives_differ_in_weights_and_masks_alone() -> None:
    run = tiny_run(lambda_cls=0.5, lambda_patch=0.6, lambda_pixel=0.7, local_crops=3)
    assert run.for_objective() == run
    mim = replace(run, objective="mim").for_objective()
    assert (mim.lambda_cls, mim.lambda_patch, mim.lambda_pixel) == (0, 0, 0.7)
    assert mim.mask_probability == 1
    cl = replace(run, objective="cl").for_objective()
    assert (cl.lambda_cls, cl.lambda_patch, cl.lambda_pixel) == (0.5, 0, 0)
    assert cl.mask_probability == 0
    assert cl.local_crops == 3
