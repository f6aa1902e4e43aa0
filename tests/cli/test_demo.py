"""The whole job on the sample set, as the README's first command runs it."""

from pathlib import Path

import pytest
from command_line import run, run_fresh
from watched_sockets import WATCHED

from micm_desktop.export import runtime
from micm_desktop.images.decode import decode_image


@pytest.mark.slow
def test_demo_from_end_to_end(tmp_path: Path) -> None:
    out = tmp_path / "デモ"
    outcome = run_fresh("demo", "--headless", "--out", out, "--json", code=WATCHED)
    assert "SOCKET" not in outcome.stderr, "nothing of the whole job needs a network"
    assert outcome.code == 0, outcome.stderr
    values = outcome.values
    print(values)
    assert values.keys() >= {
        "images", "classes", "accuracy", "model_file", "heatmaps", "parity_max_abs_diff", "seconds",
    }  # fmt: skip
    assert values["classes"] == ["good", "scratch", "pit", "stain", "crack", "dent"]
    assert values["images"] == len(list((out / "images").rglob("*.png")))
    assert values["accuracy"] > values["untrained_accuracy"] > 1 / 6
    assert values["parity_max_abs_diff"] <= 1e-4 and values["parity_images"] == 100
    assert values["same_verdict_as_window"] == 1
    assert runtime.load(Path(values["model_file"])).verify().ok
    assert len(values["heatmaps"]) == 12
    assert all(decode_image(Path(path)).shape == (192, 192, 3) for path in values["heatmaps"])
    assert (out / "project" / "project.sqlite").is_file()

    again = run("demo", "--headless", "--out", out)
    assert again.code == 2 and "already holds a sample project" in again.stderr
