"""The shipped encoder and the model file on real surface images."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from command_line import run, run_fresh
from tiny_model import TinyModel

from micm_desktop.export import runtime
from micm_desktop.images.decode import decode_image

CHANCE = 1 / 5
"""Of five ways."""

Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print a measured figure even where the test passes."""

    def write(text: str) -> None:
        with capsys.disabled():
            print(f"\n    {text}")

    return write


def test_torch_and_onnxruntime_agree_on_100_images(conv_model: TinyModel, twenty_each: Path, say: Say) -> None:
    """The ImageNet stem and tiny blocks: quick, and the same operations as the shipped encoder's."""
    model = runtime.load(conv_model.file)
    differences = []
    for path in sorted(twenty_each.rglob("*.jpg"))[:100]:
        image = decode_image(path)
        with torch.inference_mode():
            expected = conv_model.module(torch.from_numpy(image)[None])
        verdict = model.judge(image)
        assert verdict.class_name == model.info.classes[int(conv_model.module.decided_class(expected.probabilities)[0])]
        assert np.abs(expected.heatmap[0].numpy() - verdict.heatmap).max() <= 1e-3
        differences.append(float(np.abs(expected.probabilities[0].numpy() - verdict.probabilities).max()))
    say(f"largest difference of probabilities on {len(differences)} real images: {max(differences):.1e}")
    assert len(differences) == 100 and max(differences) <= 1e-4


def test_the_shipped_encoder_is_far_above_chance(twenty_each: Path, say: Say) -> None:
    outcome = run("evaluate", twenty_each, "--shots", 1, "--shots", 5, "--episodes", 200, "--json")
    assert outcome.code == 0, outcome.stderr
    one, five = outcome.values["results"]
    say(f"starter, 5-way: {one['accuracy']:.1%} with 1 shot, {five['accuracy']:.1%} with 5 (chance {CHANCE:.0%})")
    assert one["accuracy"] > 0.7 and five["accuracy"] > one["accuracy"]
    calibration, unknown, costs = (outcome.values[name][1] for name in ("calibration", "unknown", "costs"))
    say(
        f"5 shots: calibration error {calibration['fitted']:.1%}, unknown {unknown['auroc']:.1%} by distance and"
        f" {unknown['auroc_max_probability']:.1%} by probability, {costs['cost']:.0f} false alarms' worth in 1,000"
    )
    assert calibration["fitted"] < 0.05 < calibration["uncalibrated"]
    assert unknown["auroc"] > unknown["auroc_max_probability"]
    assert unknown["false_rejection"] < 0.1
    assert costs["cost"] < costs["cost_most_probable"] and costs["missed"] < 0.02


@pytest.mark.slow
def test_the_whole_chain_by_command_line(hundred_each: Path, surfaces: Path, tmp_path: Path, say: Say) -> None:
    """Pretrain for a minute, evaluate, fit on five images a class, verify, and judge all the others: as a user does."""
    encoder, model, table = tmp_path / "encoder.safetensors", tmp_path / "鋼板.onnx", tmp_path / "結果.csv"
    episodes = ("--episodes", 200, "--boxes", surfaces / "boxes.csv", "--json")
    before = run_fresh("evaluate", hundred_each, *episodes)
    assert before.code == 0, before.stderr
    trained = run_fresh("pretrain", hundred_each, "--out", encoder, "--minutes", 1, "--json")
    assert trained.code == 0, trained.stderr
    assert trained.values["images"] == 600
    after = run_fresh("evaluate", hundred_each, "--encoder", encoder, *episodes)
    assert after.code == 0, after.stderr
    for name, outcome in (("starter", before), ("after a minute", after)):
        one, five = (row["accuracy"] for row in outcome.values["results"])
        found = outcome.values["localization"]
        say(f"{name}: {one:.1%} with 1 shot, {five:.1%} with 5; pointing {found['pointing_game']:.1%}"
            f" (chance {found['chance']:.1%}) on {found['images']}")  # fmt: skip
        assert five > one > 2 * CHANCE

    fitted = run_fresh("fit", hundred_each, "--encoder", encoder, "--shots", 5, "--out", model, "--json")
    assert fitted.code == 0, fitted.stderr
    say(f"parity on {fitted.values['parity_images']} images: {fitted.values['parity_max_abs_diff']:.1e}")
    assert fitted.values["parity_images"] == 100 and fitted.values["parity_max_abs_diff"] <= 1e-4
    assert set(fitted.values["support"].values()) == {5}
    assert run_fresh("verify", model, "--json").values["ok"] is True

    judged = run_fresh("predict", model, hundred_each, "--out", table, "--heatmaps", tmp_path / "heat", "--json")
    assert (judged.code, judged.values["images"]) == (0, 600)
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    accuracy = np.mean([row["path"].split("/")[0] == row["class"] for row in rows])
    speed = judged.values["images_per_second"]
    say(f"judged {len(rows)} at {speed} images/s: {accuracy:.1%} as in their folder")
    assert accuracy > 0.8
    assert len(list((tmp_path / "heat").rglob("*.png"))) == 600
