"""Pretraining must not cost what the shipped encoder can do already: not on textures, nor where defects are tiny."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import run, run_fresh

from micm_desktop.images.samples import write_sample_set

MOST_LOST = 0.01
BOARDS = Path(__file__).parents[2] / "benchmarks" / "generated_boards.py"


def surfaces(root: Path) -> None:
    write_sample_set(root, per_class=40, size=128)


def boards(root: Path) -> None:
    if not BOARDS.is_file():
        pytest.skip("the generated boards are part of the repository, not of the package")
    spec = importlib.util.spec_from_file_location("generated_boards", BOARDS)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write_boards(root, per_class=40, seed=3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "epochs", "use"),
    [(surfaces, 2, "base"), (boards, 10, "base")],
    ids=["textures, a short run", "tiny defects"],
)
def test_the_result_of_a_run_is_not_worse_than_the_starter(
    draw: Callable[[Path], None], epochs: int, use: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, encoder = tmp_path / "画像", tmp_path / "encoder.safetensors"
    draw(root)
    trained = run_fresh("pretrain", root, "--out", encoder, "--epochs", epochs, "--json")
    assert trained.code == 0, trained.stderr
    verdict = trained.values["verdict"]
    assert verdict["use"] == use, verdict
    found = {}
    for name in ("starter", encoder):
        outcome = run("evaluate", root, "--encoder", name, "--episodes", 600, "--json")
        assert outcome.code == 0, outcome.stderr
        found[name] = [row["accuracy"] for row in outcome.values["results"]]
    with capsys.disabled():
        print(f"\n    starter {found['starter']}, after {epochs} passes {found[encoder]}: {verdict['figures']}")
    for before, after in zip(found["starter"], found[encoder], strict=True):
        assert after > before - MOST_LOST
