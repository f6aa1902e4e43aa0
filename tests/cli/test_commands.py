"""Every command of the contract: it exists, helps, prints one JSON object with its keys, or says what is not there."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Outcome, run

from micm_desktop import __version__
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.progress import JobControl

COMMANDS = [
    "demo",
    "pretrain",
    "evaluate",
    "fit",
    "distill",
    "predict",
    "assess",
    "test-set",
    "inventory",
    "export",
    "report",
    "watch",
    "verify",
    "labels",
    "info",
]
FIT_KEYS = {"model_file", "classes", "support", "bytes", "parity_max_abs_diff"}

Command = Callable[..., Outcome]


@pytest.fixture(scope="module")
def project(labeled: Path, patch_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with features, and two classes of three tags each."""
    from micm_desktop.labeling import Labeling

    folder = tmp_path_factory.mktemp("exported") / "プロジェクト"
    labeling = Labeling.open(folder)
    labeling.project.add_folder(labeled)
    list(labeling.scan(JobControl()))
    labeling.refresh()
    labeling.project.register_encoder(patch_encoder, "tiny", "{}")
    list(labeling.compute_features(JobControl()))
    for name in ("良品①", "scratch"):
        kind = labeling.project.add_class(name)
        found = [row for row, image in enumerate(labeling.images) if image.path.parent.name in ("good", name)]
        labeling.tag(found[:3] if name == "良品①" else found[-3:], kind.id)
    labeling.close()
    return folder


@pytest.mark.parametrize("command", [*COMMANDS, "gui"])
def test_help(command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.code == 0
    assert f"micm-desktop {command}" in outcome.stdout


def test_help_names_every_command() -> None:
    outcome = run("--help")
    assert outcome.code == 0
    listed = {line.split()[1] for line in outcome.stdout.splitlines() if line.startswith("│ ") and line[2].isalpha()}
    assert set(COMMANDS) <= listed


def test_version() -> None:
    assert run("--version") == Outcome(0, f"{__version__}\n", "")


def test_info() -> None:
    outcome = run("info", "--json")
    assert outcome.code == 0
    values = outcome.values
    assert {"version", "torch", "device", "cuda", "folders", "log"} <= values.keys()
    assert values["version"] == __version__ and isinstance(values["cuda"], bool)
    assert Path(values["log"]).parent.is_dir()


def test_verify(model_file: Path) -> None:
    outcome = run("verify", model_file, "--json")
    assert outcome.code == 0
    values = outcome.values
    assert values.keys() >= {"images", "max_abs_diff", "same_class", "ok"}
    assert (values["images"], values["same_class"], values["ok"]) == (6, 6, True)


def test_verify_fails_on_a_changed_file(model_file: Path, tmp_path: Path) -> None:
    from edited_model import with_other_weights

    changed = with_other_weights(model_file, tmp_path / "changed.onnx")
    outcome = run("verify", changed, "--json")
    assert outcome.code == 1
    assert outcome.values["ok"] is False
    assert "does not give the outputs it gave at export" in outcome.stderr


def test_predict(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    out = tmp_path / "結果.csv"
    outcome = run("predict", model_file, labeled, "--out", out, "--heatmaps", tmp_path / "heat", "--json")
    assert (outcome.code, outcome.stderr) == (0, "")
    values = outcome.values
    assert values.keys() >= {"images", "failed", "images_per_second", "results"}
    assert (values["images"], values["failed"], values["results"]) == (36, 0, str(out))
    assert values["images_per_second"] > 0
    assert len(out.read_text("utf-8-sig").splitlines()) == 37
    assert len(list((tmp_path / "heat").rglob("*.png"))) == 36


def test_predict_again_leaves_its_own_heatmaps_out(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    import shutil

    images = tmp_path / "images"
    shutil.copytree(labeled / "good", images)
    for _ in range(2):
        outcome = run(
            "predict", model_file, images, "--out", tmp_path / "r.csv", "--heatmaps", images / "heat", "--json"
        )
        assert outcome.values["images"] == 6
    outcome = run("predict", model_file, images, "--out", tmp_path / "r.csv", "--heatmaps", images)
    assert outcome.code == 2 and "--heatmaps must be another folder" in outcome.stderr


def test_pretrain(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    out = tmp_path / "符号器.safetensors"
    outcome = run("pretrain", labeled, "--out", out, "--init", patch_encoder, "--epochs", 2, "--json")
    assert outcome.code == 0
    values = outcome.values
    assert values.keys() >= {
        "encoder", "epochs", "images", "images_per_second", "losses", "peak_memory_mb", "seconds",
    }  # fmt: skip
    assert (values["encoder"], values["epochs"], values["images"]) == (str(out), 2, 36)
    assert set(values["losses"]) >= {"total", "cls", "patch", "pixel"}
    before = outcome.stderr.index("step 1/2")
    assert "two crops of 96 px" in outcome.stderr[:before], "what was decided is said before the start"
    assert "images a second" in outcome.stderr[:before] and "about 2 times" in outcome.stderr[:before]
    assert "epoch 2 done" in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == [out.name], "no state is left of a run that completed"


def test_pretrain_a_network_of_the_paper_from_nothing(labeled: Path, tmp_path: Path) -> None:
    import torch

    out, threads = tmp_path / "encoder.safetensors", torch.get_num_threads()
    asked = ("--init", "none", "--network", "vit-t", "--minutes", 0.001, "--threads", 1)
    try:
        outcome = run("pretrain", labeled, "--out", out, *asked, "--json")
    finally:
        torch.set_num_threads(threads)
    assert outcome.code == 0
    assert "CPU, 1 thread" in outcome.stderr
    made = read_encoder_info(out).config
    assert (made.stem, made.dim, made.encoder_blocks, made.decoder_blocks) == ("patch", 192, 8, 4)


def test_evaluate(labeled: Path, patch_encoder: Path) -> None:
    outcome = run(
        "evaluate", labeled, "--encoder", patch_encoder, "--ways", 3, "--shots", 1, "--shots", 2, "--queries", 4,
        "--episodes", 30, "--boxes", labeled / "boxes.csv", "--json",
    )  # fmt: skip
    assert outcome.code == 0
    values = outcome.values
    assert values.keys() == {
        "encoder", "method", "ways", "results", "resolution", "localization", "imbalance", "calibration", "unknown",
        "costs",
    }  # fmt: skip
    assert (values["encoder"], values["ways"]) == (str(patch_encoder), 3)
    assert [row["shots"] for row in values["results"]] == [1, 2]
    assert all(0 < row["accuracy"] <= 1 and 0 < row["ci95"] < 0.5 for row in values["results"])
    localization = values["localization"]
    assert localization.keys() == {"pointing_game", "chance", "images", "heat_inside", "attention"}
    assert localization["attention"].keys() == {"pointing_game", "heat_inside"}
    assert 0 < localization["heat_inside"] < 1 and 0 < localization["attention"]["heat_inside"] < 1
    assert 0 < localization["chance"] < 1 and localization["images"] == 20


def test_evaluate_repeats_itself_and_seeds_differ(labeled: Path, patch_encoder: Path) -> None:
    def results(seed: int) -> object:
        return run(
            "evaluate", labeled, "--encoder", patch_encoder, "--shots", 1, "--queries", 4, "--episodes", 20,
            "--seed", seed, "--json",
        ).values["results"]  # fmt: skip

    assert results(1) == results(1) != results(2)


def test_evaluate_writes_the_verdict_on_every_query(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    table = tmp_path / "新しい" / "queries.csv"
    values = run(
        "evaluate", labeled, "--encoder", patch_encoder, "--ways", 3, "--shots", 1, "--shots", 2, "--queries", 4,
        "--episodes", 7, "--method", "auto", "--csv", table, "--json",
    ).values  # fmt: skip
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * 7 * 3 * 4
    assert all((labeled / row["path"]).is_file() and row["path"].split("/")[0] == row["truth"] for row in rows)
    for shots, costs in zip((1, 2), values["costs"], strict=True):
        own = [row for row in rows if row["shots"] == str(shots)]
        asked = sum(row["verdict"] in ("ask", "unknown") for row in own) / len(own)
        assert costs["asked"] == pytest.approx(asked, abs=1e-4)
        assert sum(row["unknown"] == "1" for row in own) == sum(row["verdict"] == "unknown" for row in own)
        assert all(0 <= float(row["confidence"]) <= 1 for row in own)


def test_evaluate_with_many_good_parts(labeled: Path, patch_encoder: Path) -> None:
    """``good`` is found by its name, and is in every episode."""
    outcome = run(
        "evaluate", labeled, "--encoder", patch_encoder, "--ways", 3, "--shots", 2, "--imbalance", 2, "--episodes", 10,
        "--json",
    )  # fmt: skip
    assert outcome.code == 0 and outcome.values["imbalance"] == 2
    (row,) = outcome.values["results"]
    assert row["accuracy"] != row["balanced_accuracy"]


def test_evaluate_without_localization_has_no_such_key(labeled: Path, patch_encoder: Path) -> None:
    options = ("--shots", 1, "--queries", 2, "--episodes", 5, "--method", "prototype")
    values = run("evaluate", labeled, "--encoder", patch_encoder, *options, "--json").values
    assert "localization" not in values and values["method"] == "prototype"
    table = run("evaluate", labeled, "--encoder", patch_encoder, *options)
    assert table.code == 0
    assert f"{100 * values['results'][0]['accuracy']:.1f}" in table.stdout


def test_evaluate_finetune_is_the_same_for_a_seed(labeled: Path, patch_encoder: Path) -> None:
    options = ("--ways", 3, "--shots", 2, "--queries", 3, "--episodes", 4, "--json")
    asked = ("evaluate", labeled, "--encoder", patch_encoder, *options)
    first, again, ridge = (run(*asked, "--method", name) for name in ("finetune", "finetune", "ridge"))
    assert first.code == 0 and first.values["method"] == "finetune"
    assert first.values == again.values
    assert first.values["calibration"] != ridge.values["calibration"]


def test_export(project: Path, tmp_path: Path) -> None:
    from micm_desktop.export import runtime

    out = tmp_path / "モデル.onnx"
    outcome = run("export", project, "--out", out, "--json")
    assert outcome.code == 0, outcome.stderr
    values = outcome.values
    assert values.keys() >= FIT_KEYS
    assert (values["classes"], values["support"]) == (["良品①", "scratch"], {"良品①": 3, "scratch": 3})
    assert values["bytes"] == out.stat().st_size and values["parity_max_abs_diff"] <= 1e-4
    assert runtime.load(out).verify().ok


@pytest.mark.slow
def test_export_in_tiles(project: Path, tmp_path: Path) -> None:
    from micm_desktop.export import runtime

    out = tmp_path / "tiles.onnx"
    outcome = run("export", project, "--out", out, "--tiles", 2, "--json")
    assert outcome.code == 0, outcome.stderr
    assert outcome.values.keys() >= FIT_KEYS and outcome.values["tiles"] == 2
    assert runtime.load(out).info.tiles == 2
    assert run("export", project, "--out", out, "--tiles", 9).code == 2


def test_plain_output_holds_the_same_values(model_file: Path) -> None:
    plain, values = run("verify", model_file), run("verify", model_file, "--json").values
    assert plain.code == 0
    assert [line.split(": ")[0] for line in plain.stdout.splitlines()] == list(values)
    assert "ok: true" in plain.stdout.splitlines()


@pytest.mark.slow
def test_fit_in_integers(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    """What it cost is told; where no loss at all is allowed a tiny encoder's file is refused, or costs nothing."""
    out = tmp_path / "model.onnx"
    command = ("fit", labeled, "--out", out, "--encoder", patch_encoder, "--shots", 3, "--tiles", 1, "--int8", "--json")
    outcome = run(*command, "--int8-limit", 100)
    assert outcome.code == 0, outcome.stderr
    trial = outcome.values["int8"]
    assert outcome.values.keys() >= FIT_KEYS and f"{trial['right']} of {trial['tags']} held-out tags" in outcome.stderr
    assert trial["tags"] == 36 and 0 <= trial["right"] <= 36 and trial["layers"] > 0
    assert run("verify", out, "--json").values["ok"] is True
    lost = trial["right_in_float"] - trial["right"]
    out.unlink()
    outcome = run(*command, "--int8-limit", 0)
    assert (outcome.code == 1) == (lost > 0 or trial["missed"] > 0) == (not out.exists())
    assert outcome.code == 0 or "No file was written" in outcome.stderr


NOT_YET = {
    "fit finetune": ("fit", "IMAGES", "--out", "OUT.onnx", "--method", "finetune"),
}


@pytest.mark.parametrize("arguments", NOT_YET.values(), ids=NOT_YET)
def test_what_is_not_there_yet_says_so(
    arguments: tuple[str, ...], labeled: Path, model_file: Path, project: Path, tmp_path: Path
) -> None:
    places = {"IMAGES": labeled, "MODEL": model_file, "PROJECT": project}
    outcome = run(*(places.get(a, tmp_path / a if a.startswith("OUT") else a) for a in arguments))
    assert outcome.code == 2
    assert outcome.stdout == ""
    assert "not there yet" in outcome.stderr
    assert not list(tmp_path.iterdir())
