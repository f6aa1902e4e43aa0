"""The process that translates: it gets the same module, its troubles come back, and it ends with what started it."""

import errno
import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from tiny_model import TinyModel

from micm_desktop import own_process
from micm_desktop.explain.evidence import PatchBank, patch_map
from micm_desktop.export import runtime, translating, translation
from micm_desktop.export.graph_file import read_graph, write_graph
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.export.model_graph import ModelGraph
from micm_desktop.export.student import StudentConfig, StudentModel, StudentNetwork
from micm_desktop.export.tiled_model import TiledInspectionModel
from micm_desktop.export.translate_worker import REFUSED
from micm_desktop.fewshot.decision import Policy
from micm_desktop.fewshot.embedding import EmbeddingTransform
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.head import LinearHead, normalise_rows
from micm_desktop.fewshot.local import LocalHead
from micm_desktop.fewshot.tile_grid import tile_grid
from micm_desktop.fewshot.tiles import TiledHead
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import Cancelled, JobControl, ProcessingError

CLASSES = 3
POLICY = Policy((True, False, False), (1.0, 50.0, 20.0), (0.9, 0.06, 0.04), 0.5, 0.3)


def unit_vectors(*shape: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    return normalise_rows(rng.standard_normal((int(np.prod(shape[:-1])), shape[-1]), np.float32)).reshape(shape)


def inspection(encoder: Path, kind: str) -> ModelGraph:
    """A real network; the rest is drawn."""
    extractor = FeatureExtractor(load_encoder(encoder), every_part=False).eval()
    with torch.inference_mode():
        inputs = extractor.prepare(torch.zeros(1, 40, 40, 3, dtype=torch.uint8))
        encodings = extractor.encode(inputs, heat=True)
        sizes = tuple(part.shape[1] for part in extractor.parts(encodings))
        depth = patch_map(encodings).shape[1]
    weights = (0.0, *[1 / (len(sizes) - 1)] * (len(sizes) - 1))
    transform = EmbeddingTransform(sizes, weights, unit_vectors(sum(sizes)))
    known = unit_vectors(CLASSES, transform.size)
    # One array twice, as the head of class means has it.
    head = LinearHead(known, unit_vectors(CLASSES), known)
    empty = torch.zeros(CLASSES, 12, dtype=torch.bool)
    empty[1, 7:] = True
    patches, salience = torch.from_numpy(unit_vectors(CLASSES, 12, depth)), torch.tensor([1.0, 0.5, 1.0])
    bank = PatchBank(patches, empty, torch.zeros(depth), salience)
    if kind == "tiles":
        grid = tile_grid([branch.network.config for branch in extractor.branches], 2)
        return TiledInspectionModel(extractor, transform, TiledHead(head, np.array(POLICY.good)), bank, grid, POLICY)
    if kind == "local":
        places = np.full((CLASSES, 2, 5), 0.2, np.float32)
        places[2, 1] = 0
        head = LocalHead(
            head.weight,
            head.bias,
            head.prototypes,
            bank=unit_vectors(CLASSES, 2, 5, depth),
            weights=places,
            patch_mean=np.zeros(depth, np.float32),
            share=0.7,
        )
    return InspectionModel(extractor, transform, head, bank, POLICY)


def made(kind: str, request: pytest.FixtureRequest) -> ModelGraph:
    if kind == "student":
        network = StudentNetwork(StudentConfig(image_size=64), CLASSES, 16)
        return StudentModel(network, unit_vectors(CLASSES, 16), POLICY).eval()
    return inspection(request.getfixturevalue("patch_encoder" if kind == "patch" else "conv_encoder"), kind).eval()


@pytest.mark.parametrize("kind", ["patch", "conv", "local", "tiles", "student"])
def test_the_process_gets_the_same_module(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    model = made(kind, request)
    write_graph(model, tmp_path / "model.graph")
    again = read_graph(tmp_path / "model.graph")
    assert type(again) is type(model) and again.tiles == model.tiles
    images = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 70, 90, 3), np.uint8))
    with torch.inference_mode():
        for expected, found in zip(model(images), again(images), strict=True):
            torch.testing.assert_close(found, expected, rtol=0, atol=0)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The process runs this file in place of the translation, which takes seconds."""
    file = tmp_path / "worker.py"
    monkeypatch.setattr(own_process, "command", lambda _module, _flag: [sys.executable, "-I", str(file)])
    monkeypatch.setattr(translating, "_apart", True)
    return file


def test_cancel_ends_it_at_once(worker: Path, patch_model: TinyModel, tmp_path: Path) -> None:
    worker.write_text("import os, sys, time; open(sys.argv[-1], 'w').write(str(os.getpid())); time.sleep(600)")
    out, control = tmp_path / "out.onnx", JobControl()
    asked = 0.0

    class Cancelling(JobControl):
        def safe_point(self) -> None:
            nonlocal asked
            if out.exists() and out.read_text() and not asked:
                asked = time.monotonic()
                self.cancel()
            super().safe_point()

    control = Cancelling()
    with pytest.raises(Cancelled):
        translating.translate(patch_model.module, out, control)
    assert time.monotonic() - asked < 2
    assert not alive(int(out.read_text())) and sorted(tmp_path.iterdir()) == sorted([out, worker])


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def test_its_troubles_come_back(worker: Path, patch_model: TinyModel, tmp_path: Path) -> None:
    out = tmp_path / "out.onnx"
    full = f'import os, sys; print(f\'[{errno.ENOSPC}, "No space left", "there"]\'); sys.exit({REFUSED})'
    worker.write_text(full)
    with pytest.raises(OSError, match="No space left") as refused:
        translating.translate(patch_model.module, out, JobControl())
    assert refused.value.errno == errno.ENOSPC and refused.value.filename == "there"
    worker.write_text("import sys; sys.stderr.write('x' * 200_000); raise ValueError('no such operator')")
    with pytest.raises(RuntimeError, match="ValueError: no such operator"):
        translating.translate(patch_model.module, out, JobControl())
    worker.write_text(f"import os; os._exit({REFUSED})")
    with pytest.raises(RuntimeError, match=f"ended with {REFUSED}"):
        translating.translate(patch_model.module, out, JobControl())
    if sys.platform == "win32":
        worker.write_text("import ctypes; ctypes.windll.kernel32.ExitProcess(0xC0000017)")
        with pytest.raises(ProcessingError, match="want of memory"):
            translating.translate(patch_model.module, out, JobControl())
    else:
        worker.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        with pytest.raises(ProcessingError, match="want of memory"):
            translating.translate(patch_model.module, out, JobControl())
    assert list(tmp_path.iterdir()) == [worker]


def test_without_processes_it_is_done_here(
    patch_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Path] = []
    monkeypatch.setattr(translating, "_apart", True)
    monkeypatch.setattr(translation, "to_onnx", lambda _model, path: done.append(path))
    monkeypatch.setattr(own_process, "command", lambda _module, _flag: [str(tmp_path / "no such program")])
    translating.translate(patch_model.module, tmp_path / "model.onnx", JobControl())
    assert done == [tmp_path / "model.onnx"] and not list(tmp_path.iterdir())


def test_it_ends_with_what_started_it(tmp_path: Path) -> None:
    """Whoever is killed cannot end it."""
    started = [*own_process.command("micm_desktop.export.translate_worker", "--unused"), "nowhere", str(tmp_path / "x")]
    process = subprocess.Popen(started, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, **own_process.apart())
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 1


def traces() -> int:
    """How many torch has kept: one of each model that was translated in this process."""
    return sum(type(one).__name__ == "ShapeEnv" for one in gc.get_objects())


@pytest.mark.slow
def test_a_process_writes_what_this_one_does(
    patch_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translating, "_apart", True)
    out, before = tmp_path / "モデル.onnx", traces()
    translating.translate(patch_model.module, out, JobControl())
    assert traces() == before, "nothing is traced here"
    image = np.random.default_rng(0).integers(0, 256, (50, 80, 3), np.uint8)
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    expected = runtime.load(patch_model.file).outputs(image)
    found = session.run(["probabilities"], {"image": image[None]})[0][0]
    np.testing.assert_array_equal(found, expected.probabilities)
    assert list(tmp_path.iterdir()) == [out]
