"""Marked regions, patches and tiles on the command line."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from command_line import run

FAST = ("--shots", 2, "--queries", 3, "--episodes", 5)


def evaluated(labeled: Path, encoder: Path, *more: object) -> dict[str, Any]:
    outcome = run("evaluate", labeled, "--encoder", encoder, *FAST, *more, "--json")
    assert outcome.code == 0, outcome.stderr
    values: dict[str, Any] = outcome.values
    return values


def test_the_size_of_marked_defects_is_told(labeled: Path, patch_encoder: Path) -> None:
    outcome = run("evaluate", labeled, "--encoder", patch_encoder, *FAST, "--boxes", labeled / "boxes.csv", "--json")
    found = outcome.values["resolution"]
    assert found["regions"] >= 30 and 0 < found["smallest_pixels"] <= found["median_pixels"] <= 32
    assert found["smallest_patches"] == pytest.approx(found["smallest_pixels"] / 8, abs=0.02)
    assert ("smallest marked defect" in outcome.stderr) == (found["smallest_patches"] < 2)
    assert "localization" in outcome.values
    assert "resolution" not in evaluated(labeled, patch_encoder)


def test_boxes_of_another_folder_are_refused(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    other = tmp_path / "boxes.csv"
    other.write_text("image,class,xmin,ymin,xmax,ymax\nelsewhere/1.png,pit,0,0,5,5\n")
    outcome = run("evaluate", labeled, "--encoder", patch_encoder, "--boxes", other)
    assert outcome.code == 2 and "None of the images" in outcome.stderr


def test_local_is_a_method_of_its_own_and_its_model_file_agrees(
    labeled: Path, patch_encoder: Path, tmp_path: Path
) -> None:
    local, ridge = (evaluated(labeled, patch_encoder, "--method", name) for name in ("local", "ridge"))
    assert local["method"] == "local" and local["results"] != ridge["results"]
    out = tmp_path / "local.onnx"
    made = run("fit", labeled, "--encoder", patch_encoder, "--method", "local", "--out", out, "--tiles", 1, "--json")
    assert made.code == 0, made.stderr
    assert made.values["parity_max_abs_diff"] < 1e-4 and made.values["tiles"] == 1
    assert run("verify", out).code == 0


def test_episodes_in_tiles(labeled: Path, patch_encoder: Path) -> None:
    asked = ("--method", "ridge", "--tiles", 2, "--boxes", labeled / "boxes.csv")
    found = evaluated(labeled, patch_encoder, *asked)
    assert found["tiles"] == 2 and found["ways"] == 5
    (result,) = found["results"]
    assert 0.2 < result["accuracy"] <= 1 and result["shots"] == 2
    assert found == evaluated(
        labeled, patch_encoder, "--method", "ridge", "--tiles", 2, "--boxes", labeled / "boxes.csv"
    )


def test_a_model_file_in_tiles(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    out = tmp_path / "tiles.onnx"
    made = run(
        "fit", labeled, "--encoder", patch_encoder, "--out", out, "--tiles", 2, "--good", "good", "--shots", 3, "--json"
    )
    assert made.code == 0, made.stderr
    assert made.values["tiles"] == 2 and set(made.values["support"].values()) == {3}
    metadata = onnxruntime.InferenceSession(out).get_modelmeta().custom_metadata_map
    assert metadata["micm.tiles"] == "2"
    results = tmp_path / "results.csv"
    assert run("predict", out, labeled, "--out", results).code == 0
    rows = results.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 37 and np.all([",ok," in row for row in rows[1:]])


@pytest.mark.slow
def test_auto_tries_tiles_on_large_images_and_says_what_it_found(
    labeled: Path, patch_encoder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "auto.onnx"
    made = run("fit", labeled, "--encoder", patch_encoder, "--out", out, "--json")
    assert made.code == 0, made.stderr
    trial = made.values["tile_trial"]
    assert trial["images"] == 36 and trial["tiles"] in (2, 3, 4)
    assert made.values["tiles"] == (trial["tiles"] if trial["offered"] else 1)
    assert f"{trial['tiles']} x {trial['tiles']} tiles" in made.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evaluate", "LABELED", "--method", "opta", "--tiles", 2), "does not work with tiles"),
        (("evaluate", "LABELED", "--method", "finetune", "--tiles", 2), "does not work with tiles"),
        (("fit", "LABELED", "--out", "OUT.onnx", "--method", "local", "--tiles", 2), "does not work with tiles"),
        (("fit", "LABELED", "--out", "OUT.onnx", "--tiles", 5), "auto, 1, 2, 3 or 4"),
        (("evaluate", "LABELED", "--tiles", 5), "--tiles"),
    ],
)
def test_what_tiles_cannot_do_is_said(
    arguments: tuple[object, ...], message: str, labeled: Path, patch_encoder: Path, tmp_path: Path
) -> None:
    places = {"LABELED": labeled, "OUT.onnx": tmp_path / "out.onnx"}
    outcome = run(*(places.get(str(one), one) for one in arguments), "--encoder", patch_encoder)
    assert outcome.code == 2 and message in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_a_good_class_that_does_not_exist_is_named(labeled: Path, patch_encoder: Path) -> None:
    outcome = run("evaluate", labeled, "--encoder", patch_encoder, "--good", "良品")
    assert outcome.code == 2 and "There is no class '良品'" in outcome.stderr


def test_tiles_do_not_pass_over_other_options(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    outcome = run("evaluate", labeled, "--encoder", patch_encoder, "--tiles", 2, "--csv", tmp_path / "queries.csv")
    assert outcome.code == 2 and "Leave out --csv" in outcome.stderr
