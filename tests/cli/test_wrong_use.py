"""Input that cannot be used at all: exit code 2, and a sentence that says what is wrong, where, and what to do."""

import shutil
from pathlib import Path

import pytest
from command_line import run

from micm_desktop.export.file_lock import only_writer


@pytest.fixture(scope="module")
def places(
    labeled: Path, patch_encoder: Path, model_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("wrong")
    (root / "empty" / "no pictures").mkdir(parents=True)
    (root / "empty" / "no pictures" / "notes.txt").write_text("nothing to see")
    shutil.copytree(labeled / "good", root / "one" / "good")
    for name in ("good", "pit"):
        (root / "few" / name).mkdir(parents=True)
        (root / "broken" / name).mkdir(parents=True)
        for number, path in enumerate(sorted((labeled / name).glob("*.png"))):
            shutil.copy(path, root / "few" / name)
            (root / "broken" / name / f"{number}.png").write_bytes(path.read_bytes()[:1000])
    (root / "text.onnx").write_text("not a model")
    (root / "project").mkdir()
    return {
        "NONE": root / "消えた",
        "EMPTY": root / "empty",
        "ONE_CLASS": root / "one",
        "FEW": root / "few",
        "BROKEN": root / "broken",
        "LABELED": labeled,
        "ENCODER": patch_encoder,
        "MODEL": model_file,
        "TEXT": root / "text.onnx",
        "OUT": root / "out",
        "FOLDER": root / "project",
    }


WRONG = {
    "predict, no folder": ("predict MODEL NONE --out OUT.csv", "消えた does not exist"),
    "predict, no images": ("predict MODEL EMPTY --out OUT.csv", "There are no images in"),
    "predict, a file": ("predict MODEL TEXT --out OUT.csv", "is not a folder"),
    "predict, no model": ("predict NONE LABELED --out OUT.csv", "There is no model file at"),
    "predict, text as model": ("predict TEXT LABELED --out OUT.csv", "is not a model file, or it is damaged"),
    "predict, folder as table": ("predict MODEL LABELED --out EMPTY", "is a folder. Name a file"),
    "verify, text as model": ("verify TEXT", "is not a model file, or it is damaged"),
    "pretrain, no folder": ("pretrain NONE --out OUT.safetensors", "消えた does not exist"),
    "pretrain, no images": ("pretrain EMPTY --out OUT.safetensors", "There are no images in"),
    "pretrain, too few": (
        "pretrain FEW --out OUT.safetensors --epochs 1",
        "at least 16 readable images; 12 were found",
    ),
    "pretrain, none readable": ("pretrain BROKEN --out OUT.safetensors --epochs 1", "0 were found and 12 could not"),
    "pretrain, wrong ending": ("pretrain LABELED --out OUT.pt", "must end in .safetensors"),
    "pretrain, two limits": ("pretrain LABELED --out OUT.safetensors --minutes 1 --epochs 1", "not both"),
    "pretrain, no time": ("pretrain LABELED --out OUT.safetensors --minutes 0", "--minutes must be above 0"),
    "pretrain, no encoder": ("pretrain LABELED --out OUT.safetensors --init NONE", "There is no encoder file at"),
    "pretrain, no device": ("pretrain LABELED --out OUT.safetensors --device tpu", "Unknown device 'tpu'"),
    "pretrain, no such network": ("pretrain LABELED --out OUT.safetensors --network vit-x", "'vit-x' is not one of"),
    "pretrain, network of a file": ("pretrain LABELED --out OUT.safetensors --network vit-t", "with --init none"),
    "pretrain, no objective": ("pretrain LABELED --out OUT.safetensors --objective best", "'best' is not one of"),
    "evaluate, no folder": ("evaluate NONE --encoder ENCODER", "There is no folder"),
    "evaluate, no images": ("evaluate EMPTY --encoder ENCODER", "two or more; none found"),
    "evaluate, one class": ("evaluate ONE_CLASS --encoder ENCODER", "two or more; only 'good' found"),
    "evaluate, none readable": ("evaluate BROKEN --encoder ENCODER", "None of the images could be read"),
    "evaluate, too few": ("evaluate FEW --encoder ENCODER --shots 5 --queries 15", "need two classes of 20 images"),
    "evaluate, one way": ("evaluate LABELED --encoder ENCODER --ways 1", "--ways must be at least 2"),
    "evaluate, no method": ("evaluate LABELED --encoder ENCODER --method best", "Unknown method 'best'"),
    "evaluate, text as encoder": ("evaluate LABELED --encoder TEXT", "damaged or not a .safetensors file"),
    "evaluate, no boxes": (
        "evaluate LABELED --encoder ENCODER --shots 1 --queries 2 --episodes 2 --boxes NONE",
        "There is no box list",
    ),
    "fit, no folder": ("fit NONE --out OUT.onnx", "There is no folder"),
    "fit, one class": ("fit ONE_CLASS --out OUT.onnx --encoder ENCODER", "two or more; only 'good' found"),
    "fit, none readable": ("fit BROKEN --out OUT.onnx --encoder ENCODER", "None of the images could be read"),
    "fit, too few": ("fit FEW --out OUT.onnx --encoder ENCODER --shots 7", "has 6 readable images; 7 are needed"),
    "fit, no shots": ("fit FEW --out OUT.onnx --encoder ENCODER --shots 0", "--shots must be at least 1"),
    "fit, wrong ending": ("fit FEW --out OUT.pt --encoder ENCODER", "must end in .onnx"),
    "fit, ending of another format": ("fit FEW --out OUT.onnx --format openvino", "must end in .xml"),
    "export, no project": ("export FOLDER --out OUT.onnx", "There is no project in"),
    "export, wrong ending": ("export FOLDER --out OUT.pt", "must end in .onnx"),
    "no such command": ("frobnicate", "No such command 'frobnicate'"),
    "no such option": ("verify MODEL --frobnicate", "No such option: --frobnicate"),
    "an argument too few": ("predict MODEL", "Missing argument"),
}


@pytest.mark.parametrize(("line", "words"), WRONG.values(), ids=WRONG)
def test_exit_code_2_and_words(line: str, words: str, places: dict[str, Path]) -> None:
    arguments = []
    for word in line.split():
        name, dot, ending = word.partition(".")
        arguments.append(f"{places[name]}{dot}{ending}" if name in places else word)
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.stdout == ""
    assert words in outcome.stderr
    assert not list(places["OUT"].parent.glob("out*")), "nothing is left behind"


def test_export_before_anything_is_tagged(tmp_path: Path, labeled: Path) -> None:
    from micm_desktop.labeling import Labeling

    Labeling.open(tmp_path / "project").close()
    outcome = run("export", tmp_path / "project", "--out", tmp_path / "m.onnx")
    assert outcome.code == 2
    assert "Nothing to export yet: at least two classes need a tag" in outcome.stderr
    assert not (tmp_path / "m.onnx").exists()


def test_a_place_that_cannot_be_written_is_named_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out, nothing = tmp_path / "file" / "x", tmp_path / "none"
    for words in (("pretrain", nothing), ("fit", nothing, "--encoder", nothing), ("distill", nothing)):
        ending = ".safetensors" if words[0] == "pretrain" else ".onnx"
        found = run(*words, "--out", out.with_suffix(ending))
        assert found.code == 1 and "The system refused" in found.stderr and "file" in found.stderr, found.stderr
        assert "none" not in found.stderr.replace(str(tmp_path), "")


def test_two_runs_do_not_write_one_encoder(labeled: Path, tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    with only_writer(out):
        found = run("pretrain", labeled, "--out", out, "--minutes", "0.01")
    assert found.code == 2 and f"Another MICM Desktop is writing {out}" in found.stderr
    assert list(tmp_path.iterdir()) == []
