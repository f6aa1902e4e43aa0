"""Model files in integers: what becomes one, what it costs, and when it is refused."""

import copy
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tiny_model import TinyModel, last

from micm_desktop.export import runtime
from micm_desktop.export.converting import to_int8
from micm_desktop.export.int8_trial import Int8Trial, check_int8
from micm_desktop.export.int8_writer import kept_in_float, sensitivity, write_int8
from micm_desktop.export.model_file import Precision
from micm_desktop.export.target import Tagged
from micm_desktop.images.decode import decode_image
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, UserError

TRIAL = Int8Trial(
    tags=200, right_in_float=190, right=189, compared=100, same=99, defects=50, missed=0, layers=9, kept=1
)


def test_the_worst_layers_are_kept_until_little_is_left() -> None:
    assert kept_in_float({"a": 8.0, "b": 1.0, "c": 0.5, "d": 0.5}) == {"a"}
    assert kept_in_float({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 1.0}) == {"a", "b", "c", "d"}
    assert kept_in_float({"a": 0.0, "b": 0.0}) == set()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"right": 187}, "187 are right instead of 190 .1.5 points; the limit is 1"),
        ({"missed": 1}, "1 of 50 images that the model calls defects or unknown would be called good"),
    ],
)
def test_too_much_lost_is_refused(change: dict[str, int], words: str) -> None:
    check_int8(TRIAL, 0.01)
    with pytest.raises(ProcessingError, match=words):
        check_int8(replace(TRIAL, **change), 0.01)
    check_int8(replace(TRIAL, **change), 0.03)


def test_few_tags_are_said_to_be_few() -> None:
    assert "say little" in replace(TRIAL, tags=20).sentence() and "say little" not in TRIAL.sentence()


def images_of(labeled: Path) -> tuple[Path, ...]:
    return tuple(sorted(labeled.rglob("*.png")))


def test_measuring_changes_nothing(patch_model: TinyModel, labeled: Path) -> None:
    model = copy.deepcopy(patch_model.module)
    images = torch.from_numpy(np.stack([decode_image(path) for path in images_of(labeled)[:2]]))
    names = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)][:3]
    errors = sensitivity(model, names, images, JobControl())
    assert set(errors) == set(names) and all(0 <= error < 0.1 for error in errors.values()) and any(errors.values())
    with torch.inference_mode():
        for one, other in zip(model(images), patch_model.module(images), strict=True):
            torch.testing.assert_close(one, other)
    stopped = JobControl()
    stopped.cancel()
    with pytest.raises(Cancelled):
        sensitivity(model, names, images, stopped)


def test_images_that_are_gone_are_said_to_be(patch_model: TinyModel, tmp_path: Path) -> None:
    gone = [tmp_path / "gone.png"]
    with pytest.raises(UserError, match="None of the images could be read"):
        write_int8(patch_model.module, patch_model.file, gone, tmp_path / "int8.onnx", JobControl())


@pytest.fixture(scope="module", params=["patch", pytest.param("conv", marks=pytest.mark.slow)])
def made(
    request: pytest.FixtureRequest, labeled: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TinyModel, Path, Int8Trial]:
    model: TinyModel = request.getfixturevalue(f"{request.param}_model")
    file = tmp_path_factory.mktemp("int8") / "model.onnx"
    shutil.copy(model.file, file)
    paths = images_of(labeled)
    labels = tuple(model.result.classes.index(path.parent.name) for path in paths)
    # One image of each class is as one that came later, with its tag.
    learned = tuple(index % 6 > 0 for index in range(len(paths)))
    tagged = Tagged(paths, labels, learned, "prototype")
    info = runtime.load(file).info
    events = to_int8(model.module, info, file, paths, tagged, 1.0, JobControl())
    return model, file, last(events, Int8Trial)


def test_an_int8_file_is_one_like_all_others(made: tuple[TinyModel, Path, Int8Trial], labeled: Path) -> None:
    model, file, trial = made
    loaded = runtime.load(file)
    assert loaded.info.precision is Precision.int8 and loaded.info.policy == runtime.load(model.file).info.policy
    assert (
        sum(tensor.data_type == onnx.TensorProto.INT8 for tensor in onnx.load(file).graph.initializer) >= trial.layers
    )
    verified = loaded.verify()
    assert verified.ok and verified.max_abs_diff < 1e-4, "its samples hold its own outputs"
    assert (trial.tags, trial.compared) == (36, 36) and trial.layers > trial.kept >= 0
    exact = runtime.load(model.file)
    images = [decode_image(path) for path in images_of(labeled)]
    same = sum(exact.judge(image).words() == loaded.judge(image).words() for image in images)
    assert same == trial.same
    assert all(loaded.judge(image).heatmap.max() <= 1 for image in images[:3])


def test_only_the_network_is_in_integers(made: tuple[TinyModel, Path, Int8Trial]) -> None:
    """Pixels, head, unknown score and heatmap are computed as before."""
    _, file, trial = made
    graph = onnx.load(file).graph
    maker = {output: node for node in graph.node for output in node.output}
    rounded = [node for node in graph.node if any(_from_integers(name, maker) for name in node.input)]
    kinds = {node.op_type for node in rounded if node.op_type not in ("DequantizeLinear", "QuantizeLinear")}
    # What a convolution gives is moved to the form of tokens; that computes nothing.
    assert kinds <= {"Conv", "MatMul", "Gemm", "Add", "Clip", "Relu", "Reshape"}
    assert sum(node.op_type in ("Conv", "MatMul", "Gemm") for node in rounded) >= trial.layers
    assert not any(node.op_type in ("Resize", "Softmax", "TopK") for node in rounded)


def _from_integers(name: str, maker: dict[str, onnx.NodeProto]) -> bool:
    return name in maker and maker[name].op_type == "DequantizeLinear" and not name.endswith("_weight_dequantized")


def test_where_it_costs_too_much_the_file_in_floats_stays(
    patch_model: TinyModel, labeled: Path, tmp_path: Path
) -> None:
    file = tmp_path / "model.onnx"
    shutil.copy(patch_model.file, file)
    paths = images_of(labeled)[::6]
    tagged = Tagged(paths, tuple(range(6)), (False,) * 6)
    with pytest.raises(ProcessingError, match="int8 loses too much: of 6 tagged images"):
        list(to_int8(patch_model.module, runtime.load(file).info, file, paths, tagged, -2.0, JobControl()))
    assert file.read_bytes() == patch_model.file.read_bytes()
