"""Files that are no model file of ours, or a damaged one, are refused in words; `verify` finds changed ones."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from edited_model import with_metadata, with_other_weights, with_samples
from onnx import TensorProto, helper

from micm_desktop.export import runtime
from micm_desktop.export.backends import MAX_BYTES
from micm_desktop.progress import ProcessingError, UserError

Edit = Callable[[Path, Path], object]


def cut_in_half(source: Path, out: Path) -> None:
    data = source.read_bytes()
    out.write_bytes(data[: len(data) // 2])


def overwritten_in_the_middle(source: Path, out: Path) -> None:
    data = bytearray(source.read_bytes())
    data[:64] = bytes(64)
    out.write_bytes(data)


def of_another_program(source: Path, out: Path) -> None:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])], "other", values[:1], values[1:])
    other = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    out.write_bytes(other.SerializeToString())


def with_other_graph(source: Path, out: Path) -> None:
    """Our metadata around another program's graph."""
    of_another_program(source, out)
    other, ours = onnx.load(out), onnx.load(source)
    other.metadata_props.extend(ours.metadata_props)
    out.write_bytes(other.SerializeToString())


def graph_of(source: Path, out: Path, *extra: onnx.NodeProto, heat: tuple[int, int] = (2, 2)) -> None:
    """Our metadata, inputs and outputs around a graph that gives the same for every image."""
    lengths = {"probabilities": [6], "embedding": [4], "heatmap": list(heat), "unknown_score": []}
    nodes = [helper.make_node("Shape", ["image"], ["count"], end=1), *extra]
    weights = [
        helper.make_tensor(f"{name}_size", TensorProto.INT64, [len(size)], size) for name, size in lengths.items()
    ]
    third = helper.make_tensor("third", TensorProto.FLOAT, [1], [1 / 6])
    for name in lengths:
        nodes.append(helper.make_node("Concat", ["count", f"{name}_size"], [f"{name}_shape"], axis=0))
        nodes.append(helper.make_node("ConstantOfShape", [f"{name}_shape"], [name], value=third))
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "h", "w", 3])
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *size]) for name, size in lengths.items()]
    graph = helper.make_graph(nodes, "made", [image], results, weights)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("somewhere.else", 1)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    made.metadata_props.extend(onnx.load(source).metadata_props)
    out.write_bytes(made.SerializeToString())


def with_an_operator_of_its_own(source: Path, out: Path) -> None:
    graph_of(source, out, helper.make_node("RunThis", ["image"], ["nothing"], domain="somewhere.else"))


def asking_for_100_gb_at_once(source: Path, out: Path) -> None:
    """What is constant in a graph is computed when it is loaded."""
    size = helper.make_node("Constant", [], ["much"], value_ints=[25_000_000_000])
    fill = helper.make_node("ConstantOfShape", ["much"], ["filled"])
    graph_of(source, out, size, fill, helper.make_node("ReduceSum", ["filled"], ["total"]))


def newer_with_a_graph_that_is_none(source: Path, out: Path) -> None:
    with_metadata(source, out, format="2.0")
    proto = onnx.load(out)
    proto.opset_import[0].version = 900
    out.write_bytes(proto.SerializeToString())


def with_functions(source: Path, out: Path) -> None:
    proto = onnx.load(source)
    proto.functions.add(name="f", domain="g")
    out.write_bytes(proto.SerializeToString())


def with_heatmaps(shape: list[int]) -> Edit:
    def change(samples: list[dict[str, Any]]) -> None:
        samples[0]["heatmap"]["shape"] = shape

    return lambda source, out: with_samples(source, out, change)


def metadata(**values: str | None) -> Edit:
    return lambda source, out: with_metadata(source, out, **values)


def with_ask_cost(value: str) -> Edit:
    sixths = [1 / 6] * 6
    decision = json.dumps({"good": [True, *[False] * 5], "costs": [1] * 6, "shares": sixths})
    return metadata(thresholds=f'{{"unknown": 1, "decision": {decision[:-1]}, "ask_cost": {value}}}}}')


DAMAGED = "is not a model file, or it is damaged"


def nonsense(part: str) -> str:
    """No word of Python's, which tells an engineer nothing."""
    return rf"モデル\.onnx is damaged: its micm\.{part} is missing or makes no sense\. Export the model again\.$"


REFUSED: dict[str, tuple[Edit, str]] = {
    "empty": (lambda _, out: out.write_bytes(b""), DAMAGED),
    "text": (lambda _, out: out.write_text("not a model"), DAMAGED),
    "a picture": (lambda _, out: out.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500)), DAMAGED),
    "cut in half": (cut_in_half, DAMAGED),
    "zeros": (lambda _, out: out.write_bytes(bytes(1000)), DAMAGED),
    "a length beyond the end": (lambda _, out: out.write_bytes(b"\x3a\xff\xff\xff\xff\x0f"), DAMAGED),
    "a number without an end": (lambda _, out: out.write_bytes(b"\xff" * 40), DAMAGED),
    "an operator of its own": (with_an_operator_of_its_own, DAMAGED),
    "functions": (with_functions, DAMAGED),
    "newer, with a graph that is none": (newer_with_a_graph_that_is_none, "newer than this program reads"),
    "a heatmap without end": (with_heatmaps([10**9, 10**9]), nonsense("samples")),
    "a heatmap of another size": (with_heatmaps([3, 7]), nonsense("samples")),
    "its first bytes lost": (overwritten_in_the_middle, DAMAGED),
    "another program's": (of_another_program, "was not made by MICM Desktop"),
    "another graph": (with_other_graph, "does not have the inputs and outputs"),
    "newer major format": (metadata(format="2.0"), r"format 2\.0, newer than this program reads \(1\.x\)\. Update"),
    "format without a number": (metadata(format="new"), "unknown format version"),
    "no format": (metadata(format=None), "was not made by MICM Desktop"),
    "no classes": (metadata(classes=None), nonsense("classes")),
    "classes not JSON": (metadata(classes="good, bad"), nonsense("classes")),
    "classes not a list": (metadata(classes='"abcdef"'), nonsense("classes")),
    "a class that is a number": (metadata(classes="[1, 2, 3, 4, 5, 6]"), nonsense("classes")),
    "a class without a name": (metadata(classes='["a", "b", "c", "d", "e", ""]'), nonsense("classes")),
    "a class with a line break": (metadata(classes='["a\\nb", "b", "c", "d", "e", "f"]'), nonsense("classes")),
    "a class with an escape": (metadata(classes='["\\u001b[31ma", "b", "c", "d", "e", "f"]'), nonsense("classes")),
    "a class with a C1 control": (metadata(classes='["\\u009b31ma", "b", "c", "d", "e", "f"]'), nonsense("classes")),
    "too few classes": (
        metadata(classes='["a", "b"]', samples="[]", thresholds='{"unknown": 1}'),
        "as many classes as it tells apart",
    ),
    "thresholds not JSON": (metadata(thresholds="{"), nonsense("thresholds")),
    "thresholds without unknown": (metadata(thresholds="{}"), nonsense("thresholds")),
    "threshold not a number": (metadata(thresholds='{"unknown": "much"}'), nonsense("thresholds")),
    "threshold that nothing is above": (metadata(thresholds='{"unknown": NaN}'), nonsense("thresholds")),
    "a policy for other classes": (
        metadata(thresholds='{"unknown": 1, "decision": {"good": [true], "costs": [1], "shares": [1], "ask_cost": 1}}'),
        nonsense("thresholds"),
    ),
    "a decision that is null": (metadata(thresholds='{"unknown": 1, "decision": null}'), nonsense("thresholds")),
    "a cost that is text": (with_ask_cost('"1"'), nonsense("thresholds")),
    "a cost that is true": (with_ask_cost("true"), nonsense("thresholds")),
    "a threshold that is true": (metadata(thresholds='{"unknown": true}'), nonsense("thresholds")),
    "no tiles": (metadata(tiles="0"), nonsense("tiles")),
    "tiles without end": (metadata(tiles="9" * 5000), nonsense("tiles")),
    "tiles that are text": (metadata(tiles='"2"'), nonsense("tiles")),
    "tiles that are true": (metadata(tiles="true"), nonsense("tiles")),
    "an area of texts": (metadata(rules='{"area": ["0", "0", "1", "1"]}'), nonsense("rules")),
    "rules that are null": (metadata(rules="null"), nonsense("rules")),
    "probabilities that are text": (
        metadata(samples='[{"jpeg": "", "probabilities": "111111", "unknown_score": 0}]'),
        nonsense("samples"),
    ),
    "two classes of one name": (metadata(classes='["a", "a", "c", "d", "e", "f"]'), nonsense("classes")),
    "half a character": (metadata(classes='["\\ud800", "b", "c", "d", "e", "f"]'), nonsense("classes")),
    "a digit that is none": (metadata(format="²"), "unknown format version"),
    "a version without end": (metadata(format="9" * 5000), "unknown format version"),
    "a decision that is none": (metadata(thresholds='{"unknown": 1, "decision": []}'), nonsense("thresholds")),
    "an area outside the image": (metadata(rules='{"area": [0, 0, 2, 1]}'), nonsense("rules")),
    "rules that are none": (metadata(rules="[1]"), nonsense("rules")),
    "samples not JSON": (metadata(samples="many"), nonsense("samples")),
    "samples not base64": (
        metadata(samples='[{"jpeg": "?", "probabilities": [], "unknown_score": 0}]'),
        nonsense("samples"),
    ),
    "samples of other classes": (
        metadata(samples='[{"jpeg": "", "probabilities": [1], "unknown_score": 0}]'),
        nonsense("samples"),
    ),
    "metadata nested without end": (metadata(samples="[" * 200_000), nonsense("samples")),
}


@pytest.mark.parametrize(("edit", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(model_file: Path, tmp_path: Path, edit: Edit, words: str) -> None:
    out = tmp_path / "モデル.onnx"
    edit(model_file, out)
    with pytest.raises(UserError, match=words) as caught:
        runtime.load(out)
    assert "モデル.onnx" in str(caught.value)


def test_numbers_of_either_kind_are_read(model_file: Path, tmp_path: Path) -> None:
    """What is refused above is refused for its one wrong value."""
    out = tmp_path / "m.onnx"
    for edit in (with_ask_cost("1"), with_ask_cost("0.5"), metadata(tiles="2"), metadata(rules="{}")):
        edit(model_file, out)
        assert runtime.load(out).info.classes


def test_a_graph_that_asks_for_100_gb_ends_nothing(model_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "model.onnx"
    image = np.zeros((8, 8, 3), np.uint8)
    graph_of(model_file, out)
    assert runtime.load(out).judge(image).probabilities.sum() == pytest.approx(1), "the graph is well-formed"
    graph_of(model_file, out, heat=(500_000, 50_000))
    with pytest.raises(ProcessingError, match="could not judge an image of this size"):
        runtime.load(out).judge(image)
    asking_for_100_gb_at_once(model_file, out)
    with pytest.raises(UserError):
        runtime.load(out).judge(image)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.onnx", tmp_path):
        with pytest.raises(UserError, match="There is no model file at"):
            runtime.load(path)


def test_larger_than_any_model_file_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.onnx"
    with huge.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(UserError, match="larger than any model file"):
        runtime.load(huge)


def test_a_newer_minor_format_is_read(model_file: Path, tmp_path: Path) -> None:
    newer = with_metadata(model_file, tmp_path / "newer.onnx", format="1.9", added_later="value")
    assert runtime.load(newer).verify().ok


@pytest.mark.parametrize("beside", ["the model file", "the working directory"])
def test_weights_outside_the_file_are_not_followed(
    model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    """A model file that names another file must not make a line PC read it, though it be there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path if beside == "the working directory" else elsewhere)
    out = (elsewhere if beside == "the working directory" else tmp_path) / "model.onnx"
    proto = onnx.load(model_file)
    onnx.save_model(
        proto, tmp_path / "saved.onnx", save_as_external_data=True, location="weights.bin", size_threshold=64
    )
    (tmp_path / "saved.onnx").replace(out)
    assert (tmp_path / "weights.bin").stat().st_size > 1000
    with pytest.raises(UserError, match=DAMAGED):
        runtime.load(out)


def test_verify_finds_a_changed_probability(model_file: Path, tmp_path: Path) -> None:
    def change(samples: list[dict[str, Any]]) -> None:
        samples[3]["probabilities"][0] += 0.01

    checked = runtime.load(with_samples(model_file, tmp_path / "m.onnx", change)).verify()
    assert not checked.ok
    assert checked.max_abs_diff == pytest.approx(0.01, abs=1e-4)


def test_verify_finds_a_changed_unknown_score(model_file: Path, tmp_path: Path) -> None:
    def change(samples: list[dict[str, Any]]) -> None:
        samples[0]["unknown_score"] += 0.02

    checked = runtime.load(with_samples(model_file, tmp_path / "m.onnx", change)).verify()
    assert not checked.ok and checked.same_class == checked.images
    assert checked.max_abs_diff == pytest.approx(0.02, abs=1e-4)


def test_verify_finds_a_changed_heatmap_and_verdict(model_file: Path, tmp_path: Path) -> None:
    def cooler(samples: list[dict[str, Any]]) -> None:
        heat = samples[2]["heatmap"]
        heat["float32"] = base64.b64encode(bytes(4 * int(np.prod(heat["shape"])))).decode()

    def other(samples: list[dict[str, Any]]) -> None:
        samples[1]["verdict"]["outcome"] = "unknown"

    checked = runtime.load(with_samples(model_file, tmp_path / "m.onnx", cooler)).verify()
    assert not checked.ok and checked.same_verdict == checked.images
    assert checked.heatmap_max_abs_diff > 0.5 and checked.max_abs_diff < 1e-3
    checked = runtime.load(with_samples(model_file, tmp_path / "m.onnx", other)).verify()
    assert (checked.same_verdict, checked.same_class, checked.ok) == (checked.images - 1, checked.images, False)


def test_verify_counts_changed_classes(model_file: Path, tmp_path: Path) -> None:
    def change(samples: list[dict[str, Any]]) -> None:
        for sample in samples[:2]:
            sample["probabilities"] = sample["probabilities"][1:] + sample["probabilities"][:1]

    checked = runtime.load(with_samples(model_file, tmp_path / "m.onnx", change)).verify()
    assert (checked.images, checked.same_class, checked.ok) == (6, 4, False)


def test_verify_finds_changed_weights(model_file: Path, tmp_path: Path) -> None:
    checked = runtime.load(with_other_weights(model_file, tmp_path / "m.onnx")).verify()
    assert not checked.ok and checked.max_abs_diff > 1e-3


def test_a_file_without_samples_cannot_be_verified(model_file: Path, tmp_path: Path) -> None:
    checked = runtime.load(with_metadata(model_file, tmp_path / "m.onnx", samples="[]")).verify()
    assert (checked.images, checked.ok) == (0, False)


def test_verify_names_a_damaged_sample(model_file: Path, tmp_path: Path) -> None:
    def change(samples: list[dict[str, Any]]) -> None:
        samples[0]["jpeg"] = "AAAA"

    with pytest.raises(UserError, match="sample image inside the model file is damaged"):
        runtime.load(with_samples(model_file, tmp_path / "m.onnx", change)).verify()
