"""The same model for OpenVINO: what torch says, from two files that belong together, and nothing else is read."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from command_line import run_fresh
from tiny_model import TinyModel

from micm_desktop.export import runtime
from micm_desktop.export.converting import to_openvino
from micm_desktop.export.model_file import Precision
from micm_desktop.progress import UserError


def test_without_the_package_its_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(UserError, match=r"pip install \"micm-desktop\[openvino\]\""):
        runtime.load(tmp_path / "model.xml")


@pytest.fixture(scope="module", params=["patch", pytest.param("conv", marks=pytest.mark.slow)])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[TinyModel, Path]:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    model: TinyModel = request.getfixturevalue(f"{request.param}_model")
    file = tmp_path_factory.mktemp("openvino") / "モデル.onnx"
    shutil.copy(model.file, file)
    return model, to_openvino(runtime.load(file).info, file)


def test_it_says_what_torch_says(made: tuple[TinyModel, Path]) -> None:
    """Also where much is resized: OpenVINO by itself leaves anti-aliasing out."""
    model, file = made
    loaded = runtime.load(file)
    assert loaded.info.precision is Precision.float16 and loaded.verify().ok
    assert loaded.info.classes == tuple(model.result.classes)
    for height, width in ((1, 1), (1, 50), (37, 530), (480, 64), (600, 800)):
        image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        with torch.inference_mode():
            expected = model.module(torch.from_numpy(image)[None])
        found = loaded.outputs(image)
        np.testing.assert_allclose(found.probabilities, expected.probabilities[0], atol=5e-3)
        np.testing.assert_allclose(found.embedding, expected.embedding[0], atol=5e-3)
        assert found.heatmap.shape == expected.heatmap.shape[1:]


def test_nothing_is_reported_over_the_network(made: tuple[TinyModel, Path]) -> None:
    """By itself the package sends an event when it is imported."""
    code = (
        "import sys; from micm_desktop.export.runtime import load; load(sys.argv[1]);"
        "assert 'openvino' in sys.modules;"
        "assert not [name for name in sys.modules if name.startswith('openvino_telemetry.')]"
    )
    assert run_fresh(made[1], code=code).code == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_is_not_even_read(tmp_path: Path, encoding: str) -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    file = tmp_path / "m.xml"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE net [<!ENTITY major "9">]>'
        '<net><rt_info><micm><format value="&major;.0"/></micm></rt_info></net>'
    )
    file.write_bytes(text.encode(encoding))
    with pytest.raises(UserError, match="not a model file, or it is damaged"):
        runtime.load(file)


def flip(data: bytes) -> bytes:
    return data[:50] + bytes([data[50] ^ 1]) + data[51:]


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
EDITS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "other weights": (".bin", flip, "does not belong to"),
    "weights cut off": (".bin", lambda data: data[:100], "does not belong to"),
    "cut off": (".xml", lambda data: data[: len(data) // 2], "not a model file, or it is damaged"),
    "no XML": (".xml", lambda _: b"\x00" * 100, "not a model file, or it is damaged"),
    "entities": (".xml", lambda data: data.replace(b"<net", BOMB + b"<net", 1), "not a model file, or it is damaged"),
    "another program's": (
        ".xml",
        lambda data: data.replace(b"<micm>", b"<mine>").replace(b"</micm>", b"</mine>"),
        "made",
    ),
    "newer": (".xml", lambda data: data.replace(b'<format value="1.', b'<format value="2.'), "newer than this program"),
    "places beyond the weights": (
        ".xml",
        lambda data: data.replace(b'offset="0"', b'offset="999999999999"'),
        "not a model file, or it is damaged",
    ),
}


@pytest.mark.parametrize(("ending", "edit", "words"), EDITS.values(), ids=EDITS)
def test_refused(
    made: tuple[TinyModel, Path], tmp_path: Path, ending: str, edit: Callable[[bytes], bytes], words: str
) -> None:
    for part in (".xml", ".bin"):
        data = made[1].with_suffix(part).read_bytes()
        changed = edit(data) if part == ending else data
        assert part != ending or changed != data
        (tmp_path / f"model{part}").write_bytes(changed)
    with pytest.raises(UserError, match=words):
        runtime.load(tmp_path / "model.xml")


def test_the_weights_are_missing(made: tuple[TinyModel, Path], tmp_path: Path) -> None:
    shutil.copy(made[1], tmp_path / "model.xml")
    with pytest.raises(UserError, match=r"model\.bin, which holds the weights of model\.xml, is not there"):
        runtime.load(tmp_path / "model.xml")
