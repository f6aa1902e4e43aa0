"""The line PC: what runs a model file loads neither torch nor Qt, and runs where they are not installed."""

import json
from pathlib import Path

import pytest
from command_line import Outcome, run_fresh

HEAVY = {
    "torch", "torchvision", "timm", "sklearn", "scipy", "sqlalchemy", "onnx", "onnxscript", "safetensors", "ot",
    "PySide6", "shiboken6", "pyqtgraph",
}  # fmt: skip

LISTING = """
import sys
out = sys.argv.pop(1)
from micm_desktop.cli import main
try:
    main()
finally:
    import json, pathlib
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    pathlib.Path(out).write_text(json.dumps(loaded))
"""

WITHOUT = """
import sys
hidden = set(sys.argv.pop(1).split(","))

class Finder:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in hidden:
            return self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Finder(finder) for finder in sys.meta_path]
from micm_desktop.cli import main
main()
"""


def loaded_by(tmp_path: Path, *arguments: str | Path) -> tuple[Outcome, set[str]]:
    listing = tmp_path / "loaded.json"
    outcome = run_fresh(listing, *arguments, code=LISTING)
    return outcome, set(json.loads(listing.read_text()))


def without(modules: set[str], *arguments: str | Path) -> Outcome:
    return run_fresh(",".join(modules), *arguments, code=WITHOUT)


def test_predict_loads_neither_torch_nor_qt(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    arguments = ("predict", model_file, labeled, "--out", out, "--heatmaps", tmp_path / "heat", "--json")
    outcome, loaded = loaded_by(tmp_path, *arguments)
    assert outcome.code == 0 and outcome.values["images"] == 36
    assert {"onnxruntime", "cv2", "numpy"} <= loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("arguments", [("verify", "MODEL"), ("--help",), ("info", "--help"), ("watch", "--help")])
def test_neither_do_verify_and_help(model_file: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    outcome, loaded = loaded_by(tmp_path, *(model_file if a == "MODEL" else a for a in arguments))
    assert outcome.code == 0
    assert not loaded & HEAVY


def test_without_the_desktop_extra_a_model_file_runs(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    predicted = without(HEAVY, "predict", model_file, labeled, "--out", tmp_path / "r.csv", "--json")
    assert predicted.code == 0 and predicted.values["failed"] == 0
    verified = without(HEAVY, "verify", model_file, "--json")
    assert verified.code == 0 and verified.values["ok"] is True
    told = without(HEAVY, "info", "--json")
    assert told.code == 0 and (told.values["device"], told.values["cuda"]) == ("CPU", False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("fit", "LABELED", "--out", "OUT.onnx"),
        ("pretrain", "LABELED", "--out", "OUT.safetensors"),
        ("evaluate", "LABELED"),
        ("demo", "--headless"),
        ("export", "LABELED", "--out", "OUT.onnx"),
        ("gui",),
        (),
    ],
    ids=lambda arguments: arguments[0] if arguments else "the window",
)
def test_without_the_desktop_extra_the_rest_names_it(labeled: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    places = {"LABELED": labeled}
    given = (places.get(a, tmp_path / a if a.startswith("OUT") else a) for a in arguments)
    outcome = without(HEAVY, *given)
    assert outcome.code == 2 and outcome.stdout == ""
    assert 'pip install "micm-desktop[desktop]"' in outcome.stderr
    assert "torch" in outcome.stderr


def test_the_window_alone_needs_qt(tmp_path: Path) -> None:
    outcome = without({"PySide6", "shiboken6"}, "gui")
    assert outcome.code == 2
    assert "(PySide6 not found)" in outcome.stderr
