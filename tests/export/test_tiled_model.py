"""A model file that cuts images into tiles: what torch says, what the tiles' own arrays say, and any image."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from tiny_model import last

from micm_desktop.export import runtime
from micm_desktop.export.fit_tiles import export_tiled, tiled_model
from micm_desktop.export.model_file import OUTPUTS, ExportResult
from micm_desktop.export.tiled_model import TiledInspectionModel
from micm_desktop.fewshot.labeled_folder import read_labeled_folder
from micm_desktop.fewshot.tiled_folder import TiledFolder, embed_tiles
from micm_desktop.fewshot.tiles import TiledHead, good_classes
from micm_desktop.images.decode import decode_image
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl

CASES = [("patch", 2, True), ("conv", 2, True), pytest.param(("patch", 3, False), marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=CASES, ids=["patch", "conv", "no class is good"])
def made(
    request: pytest.FixtureRequest, labeled: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TiledFolder, TiledInspectionModel, Path]:
    kind, count, knows_good = request.param
    encoder = load_encoder(request.getfixturevalue(f"{kind}_encoder"))
    folder = read_labeled_folder(labeled)
    boxes = {folder.paths[0]: [(0.0, 0.0, 10.0, 10.0)]}
    events = embed_tiles(encoder, folder.classes, folder.paths, folder.labels, boxes, count, JobControl())
    tiled = last(events, TiledFolder)
    good = good_classes(tiled.classes) & np.bool_(knows_good)
    assert good.any() == knows_good
    out = tmp_path_factory.mktemp("tiled") / "model.onnx"
    result = last(export_tiled(tiled, good, "ridge", encoder.sha256, out, JobControl()), ExportResult)
    assert result.parity_max_abs_diff < 1e-4
    return tiled, tiled_model(tiled, good, "ridge")[0].eval(), out


@pytest.mark.parametrize(("count", "height", "width"), [(1, 1, 1), (2, 37, 530), (3, 480, 64)])
def test_any_size_and_batch(
    made: tuple[TiledFolder, TiledInspectionModel, Path], count: int, height: int, width: int
) -> None:
    folder, module, file = made
    images = np.random.default_rng(0).integers(0, 256, (count, height, width, 3), np.uint8)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    found = session.run(list(OUTPUTS), {"image": images})
    with torch.inference_mode():
        expected = module(torch.from_numpy(images))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other.numpy(), atol=2e-3)
    patch = folder.grid.tile // module.patches_of_a_tile
    assert found[2].shape == (count, folder.grid.edge // patch, folder.grid.edge // patch)
    assert found[2].min() >= 0 and found[2].max() <= 1
    assert found[0].shape == (count, len(folder.classes)) and found[3].shape == (count,)


def test_the_verdict_is_that_of_the_cached_tiles(made: tuple[TiledFolder, TiledInspectionModel, Path]) -> None:
    folder, module, file = made
    weight, bias = module.weight.numpy(), module.bias.numpy()
    head = runtime_head(weight, bias)
    expected = TiledHead(head, module.good.numpy()).logits(folder.embeddings)
    model = runtime.load(file)
    assert model.info.tiles == folder.grid.count
    for path, logits in list(zip(folder.paths, expected, strict=True))[::7]:
        exponent = np.exp(logits - logits.max())
        found = model.judge(decode_image(path)).probabilities
        np.testing.assert_allclose(found, exponent / exponent.sum(), atol=1e-3)
    assert model.verify().ok


def runtime_head(weight: NDArray[np.float32], bias: NDArray[np.float32]):  # type: ignore[no-untyped-def]
    from micm_desktop.fewshot.head import LinearHead

    return LinearHead(weight, bias, weight)
