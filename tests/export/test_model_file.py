"""What a consumer may rely on: names, types, shapes and metadata of a model file, and that it says what torch says."""

import json
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from edited_model import with_metadata
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny_model import TinyModel

from micm_desktop import __version__
from micm_desktop.export import runtime
from micm_desktop.export.samples import Sample, heat_difference, score_difference
from micm_desktop.export.verdict import Outputs
from micm_desktop.fewshot.decision import Outcome, decide
from micm_desktop.images.samples import render_sample
from micm_desktop.micm.preprocess import prepare

OUTPUTS = ("probabilities", "embedding", "heatmap", "unknown_score")
TOLERANCES = {"probabilities": 1e-4, "embedding": 1e-3, "heatmap": 1e-3, "unknown_score": 1e-3}

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module", params=["patch", "conv"])
def model(request: pytest.FixtureRequest) -> TinyModel:
    return cast(TinyModel, request.getfixturevalue(f"{request.param}_model"))


@pytest.fixture(scope="module")
def session(model: TinyModel) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model.file, providers=["CPUExecutionProvider"])


def outputs(session: onnxruntime.InferenceSession, images: Pixels) -> dict[str, NDArray[np.float32]]:
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), {"image": images}), strict=True))


def noise(count: int, height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8)


def draw(kind: str, height: int, width: int, seed: int) -> Pixels:
    """One image (1, height, width, 3): from nothing to see to nothing but noise."""
    rng = np.random.default_rng(seed)
    if kind == "flat":
        return np.full((1, height, width, 3), rng.integers(0, 256, 3), np.uint8)
    if kind == "ramp":
        ramp = np.linspace(0, 255, height * width).reshape(height, width, 1)
        return np.repeat(ramp, 3, axis=2).astype(np.uint8)[None]
    if kind == "part":
        picture, _ = render_sample("scratch", rng, size=128)
        return np.ascontiguousarray(np.resize(picture, (1, height, width, 3)))
    return rng.integers(0, 256, (1, height, width, 3), np.uint8)


def test_names_types_and_free_dimensions(session: onnxruntime.InferenceSession) -> None:
    (image,) = session.get_inputs()
    assert (image.name, image.type) == ("image", "tensor(uint8)")
    assert image.shape[3] == 3 and all(isinstance(size, str) for size in image.shape[:3])
    found = session.get_outputs()
    assert tuple(output.name for output in found) == OUTPUTS
    assert {output.type for output in found} == {"tensor(float)"}
    assert all(isinstance(output.shape[0], str) for output in found)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 50), (37, 53), (64, 64), (480, 640)])
def test_any_size_and_batch(
    session: onnxruntime.InferenceSession, model: TinyModel, count: int, height: int, width: int
) -> None:
    found = outputs(session, noise(count, height, width))
    config = model.module.extractor.branches[0].network.config
    assert found["probabilities"].shape == (count, 6)
    used = [size for size, weight in zip(model.module.sizes, model.module.weights, strict=True) if weight]
    assert found["embedding"].shape == (count, sum(used))
    assert found["heatmap"].shape == (count, config.grid, config.grid)
    assert found["unknown_score"].shape == (count,)
    assert all(values.dtype == np.float32 and np.isfinite(values).all() for values in found.values())


def test_the_network_sees_what_it_saw_in_training(model: TinyModel) -> None:
    """Resized and normalised inside the file as the trainer does it, before the network: whatever the image's size."""
    proto = onnx.load(model.file)
    seen = next(node.input[0] for node in proto.graph.node if node.op_type == "Conv")
    proto.graph.output.add(name=seen)
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    config = model.module.extractor.branches[0].network.config
    images = [
        noise(1, height, width) for height, width in ((1, 1), (1, 333), (333, 1), (37, 530), (64, 64), (501, 499))
    ]
    grey = np.repeat(noise(1, 90, 121)[..., :1], 3, axis=3)
    huge = np.tile(draw("part", 300, 400, seed=1), (1, 10, 10, 1))
    for image in (*images, grey, huge, draw("flat", 90, 60, seed=1)):
        (found,) = session.run([seen], {"image": image})
        expected = prepare(torch.from_numpy(image), config).numpy()
        assert found.shape == expected.shape and np.abs(found - expected).max() <= 1e-3, image.shape


def test_a_line_camera_strip(session: onnxruntime.InferenceSession, model: TinyModel) -> None:
    """20,000 × 300 pixels, where resizing with anti-aliasing has the most to get wrong."""
    strip = noise(1, 300, 20000)
    found = outputs(session, strip)
    with torch.inference_mode():
        expected = model.module(torch.from_numpy(strip))
    assert np.abs(found["probabilities"] - expected.probabilities.numpy()).max() <= 1e-4


def test_a_batch_gives_what_single_images_give(session: onnxruntime.InferenceSession) -> None:
    images = np.concatenate([draw(kind, 70, 90, seed=4) for kind in ("part", "noise", "ramp")])
    together = outputs(session, images)
    for row in range(len(images)):
        alone = outputs(session, images[row : row + 1])
        for name in OUTPUTS:
            np.testing.assert_allclose(together[name][row], alone[name][0], atol=1e-5, err_msg=name)


@settings(max_examples=40, derandomize=True)
@given(
    kind=st.sampled_from(["flat", "ramp", "part", "noise"]),
    height=st.integers(1, 240),
    width=st.integers(1, 240),
    seed=st.integers(0, 1000),
)
def test_torch_and_onnxruntime_agree_on_any_image(
    session: onnxruntime.InferenceSession, model: TinyModel, kind: str, height: int, width: int, seed: int
) -> None:
    image = draw(kind, height, width, seed)
    found = outputs(session, image)
    with torch.inference_mode():
        expected = model.module(torch.from_numpy(image))._asdict()
    for name in OUTPUTS:
        assert np.abs(found[name] - expected[name].numpy()).max() <= TOLERANCES[name], name
    assert found["probabilities"].sum() == pytest.approx(1, abs=1e-5)
    for name in ("probabilities", "heatmap", "unknown_score"):
        assert found[name].min() >= 0 and found[name].max() <= 1, name


def test_metadata(session: onnxruntime.InferenceSession, model: TinyModel) -> None:
    found = session.get_modelmeta().custom_metadata_map
    mine = {key: value for key, value in found.items() if key.startswith("micm.")}
    assert set(mine) == {
        f"micm.{key}"
        for key in (
            *("format", "classes", "thresholds", "rules", "tiles", "samples", "encoder", "created", "app_version"),
            *("precision", "license", "attribution"),
        )
    }
    assert mine["micm.format"] == "1.2"
    assert (mine["micm.precision"], mine["micm.license"]) == ("float32", "MIT")
    holds_mobilenet = model.module.extractor.branches[0].network.config.stem == "conv"
    assert ("Soumith Chintala 2016, BSD 3-Clause" in mine["micm.attribution"]) == holds_mobilenet
    assert json.loads(mine["micm.classes"]) == ["crack", "dent", "good", "pit", "scratch", "stain"]
    thresholds = json.loads(mine["micm.thresholds"])
    assert 0 <= thresholds["unknown"] <= 1
    assert thresholds["decision"]["good"] == [True, False, False, False, False, False]
    assert (thresholds["ask_from"], thresholds["defect_from"]) == pytest.approx((0.01, 0.5))
    assert len(mine["micm.encoder"]) == 64
    assert mine["micm.app_version"] == __version__
    assert model.result.bytes == model.file.stat().st_size
    assert model.result.parity_images == 36 and model.result.parity_max_abs_diff <= 1e-4


def test_verify_finds_the_file_as_it_was_exported(model: TinyModel) -> None:
    checked = runtime.load(model.file).verify()
    assert (checked.images, checked.same_class, checked.same_verdict, checked.ok) == (6, 6, 6, True)
    assert checked.max_abs_diff < 1e-4 and checked.heatmap_max_abs_diff < 1e-3


def test_judge_is_the_file_in_words(session: onnxruntime.InferenceSession, model: TinyModel) -> None:
    loaded = runtime.load(model.file)
    image = draw("part", 90, 120, seed=2)
    verdict, found = loaded.judge(image[0]), outputs(session, image)
    decided = decide(found["probabilities"], np.array([verdict.unknown]), loaded.policy)
    best = int(decided.class_index[0])
    assert (verdict.class_name, verdict.outcome) == (loaded.info.classes[best], decided.outcome[0])
    assert verdict.risk == pytest.approx(decided.risk[0], abs=1e-6)
    assert verdict.confidence == pytest.approx(found["probabilities"][0, best], abs=1e-6)
    np.testing.assert_array_equal(verdict.heatmap, found["heatmap"][0])
    assert verdict.unknown == (verdict.unknown_score > loaded.info.unknown_threshold)


def test_the_heatmap_explains_the_class_that_was_decided_on(model: TinyModel) -> None:
    """The same classes as NumPy decides on, whatever the risk."""
    probabilities = np.random.default_rng(0).dirichlet(np.full(6, 0.05), 400).astype(np.float32)
    policy = runtime.load(model.file).policy
    decided = decide(probabilities, np.zeros(400, bool), policy)
    assert {Outcome.GOOD, Outcome.DEFECT, Outcome.ASK} <= set(decided.outcome.tolist())
    found = model.module.decided_class(torch.from_numpy(probabilities)).numpy()
    np.testing.assert_array_equal(found, decided.class_index)
    assert (found != probabilities.argmax(axis=1)).any()


def test_a_file_of_the_first_format_tells_the_most_probable_class(model: TinyModel, tmp_path: Path) -> None:
    old = tmp_path / "old.onnx"
    kept = {"jpeg", "probabilities", "unknown_score"}
    samples = json.loads(onnxruntime.InferenceSession(model.file).get_modelmeta().custom_metadata_map["micm.samples"])
    plain = json.dumps([{key: value for key, value in sample.items() if key in kept} for sample in samples])
    with_metadata(model.file, old, format="1.0", thresholds='{"unknown": 1}', rules=None, samples=plain)
    loaded = runtime.load(old)
    verdict = loaded.judge(draw("part", 90, 120, seed=2)[0])
    assert verdict.outcome == Outcome.CLASS
    assert loaded.verify().ok
    assert verdict.class_name == loaded.info.classes[int(verdict.probabilities.argmax())]


@pytest.mark.parametrize(
    "image",
    [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 3), np.float32)],
    ids=["grey", "RGBA", "float"],
)
def test_judge_takes_rgb_bytes_only(model: TinyModel, image: Pixels) -> None:
    with pytest.raises(ValueError, match="uint8 RGB"):
        runtime.load(model.file).judge(image)


def test_outputs_that_are_not_numbers_differ_as_much_as_can_be() -> None:
    none = np.zeros(4, np.float32)
    sample = Sample(b"", (0.25, 0.75), 0.1, np.full((2, 3), 0.5, np.float32))

    def outputs(first: float, second: float, score: float, heat: float = 0.5) -> Outputs:
        return Outputs(np.array([first, second], np.float32), none, np.full((2, 3), heat, np.float32), score)

    assert score_difference(sample, outputs(0.25, 0.5, 0.2)) == pytest.approx(0.25)
    assert score_difference(sample, outputs(0.25, 0.75, 0.3)) == pytest.approx(0.2)
    assert score_difference(sample, outputs(np.nan, 0.75, 0.1)) == 1
    assert score_difference(sample, outputs(0.25, 0.75, float("nan"))) == 1
    assert heat_difference(sample, outputs(0, 1, 0, 0.75)) == pytest.approx(0.25)
    assert heat_difference(sample, outputs(0, 1, 0, float("nan"))) == 1
    assert heat_difference(sample, Outputs(none[:2], none, np.zeros((3, 2), np.float32), 0.0)) == 1
