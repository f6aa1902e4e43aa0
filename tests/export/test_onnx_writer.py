"""A model file gets its name only once it has been checked, and nothing is left behind where it has not."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from edited_model import with_other_weights
from tiny_model import TinyModel, last

from micm_desktop.export import onnx_writer, runtime
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.export.model_file import ExportResult, ModelInfo
from micm_desktop.export.placing import put_in_place
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.decision import default_policy
from micm_desktop.images.decode import decode_image
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, Progress, UserError

Events = list[Progress | ExportResult]


@pytest.fixture
def translated(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The translation, which takes seconds and is tried elsewhere, is taken from the shared model file."""

    def copy(model: InspectionModel, info: ModelInfo, path: Path, control: JobControl) -> None:
        shutil.copy(model_file, path)

    monkeypatch.setattr(onnx_writer, "write_onnx", copy)


def export(model: TinyModel, images: list[Path], out: Path, control: JobControl | None = None) -> Events:
    return list(exporting(model, images, out, control))


def exporting(
    model: TinyModel, images: list[Path], out: Path, control: JobControl | None = None
) -> Iterator[Progress | ExportResult]:
    return onnx_writer.export_model(
        model.module,
        model.result.classes,
        model.result.support,
        unknown_threshold=0.5,
        policy=default_policy((True, *[False] * (len(model.result.classes) - 1))),
        rules=Rules(),
        encoder_hash="0" * 64,
        sample_paths=images[:2],
        parity_paths=images,
        out=out,
        control=control or JobControl(),
    )


def pictures(labeled: Path) -> list[Path]:
    return sorted(labeled.rglob("*.png"))


def test_a_wrong_translation_is_not_kept(
    patch_model: TinyModel, labeled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(model: InspectionModel, info: ModelInfo, path: Path, control: JobControl) -> None:
        with_other_weights(patch_model.file, path)

    monkeypatch.setattr(onnx_writer, "write_onnx", wrong)
    out = tmp_path / "model.onnx"
    out.write_bytes(b"the one before")
    with pytest.raises(ProcessingError, match="does not agree with this program"):
        export(patch_model, pictures(labeled), out)
    assert out.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.usefixtures("translated")
def test_cancel_leaves_nothing(patch_model: TinyModel, labeled: Path, tmp_path: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        export(patch_model, pictures(labeled), tmp_path / "model.onnx", control)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("translated")
def test_until_it_is_whole_nothing_lies_beside_it(patch_model: TinyModel, labeled: Path, tmp_path: Path) -> None:
    """So a program that is killed leaves nothing there, either."""
    seen = 0
    for event in exporting(patch_model, pictures(labeled)[:3], tmp_path / "model.onnx"):
        if isinstance(event, Progress) and event.text != "done":
            assert not list(tmp_path.iterdir())
            seen += 1
    assert seen == 5 and [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_a_full_disk_leaves_the_file_before(
    patch_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: BinaryIO, copy: BinaryIO, _length: int) -> None:
        copy.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    out = tmp_path / "model.onnx"
    out.write_bytes(b"the one before")
    with pytest.raises(OSError, match="No space left"):
        put_in_place([patch_model.file], out)
    assert out.read_bytes() == b"the one before" and list(tmp_path.iterdir()) == [out]


@pytest.mark.usefixtures("translated")
def test_unreadable_images_are_passed_over_in_the_check(patch_model: TinyModel, labeled: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"")
    events = export(patch_model, [broken, *pictures(labeled)[:4]], tmp_path / "new folder" / "モデル.onnx")
    result = last(events, ExportResult)
    assert result.parity_images == 4 and result.parity_max_abs_diff <= 1e-4
    assert runtime.load(result.model_file).verify().ok
    totals = [event.done for event in events if isinstance(event, Progress)]
    assert totals == sorted(totals)


@pytest.mark.usefixtures("translated")
def test_nothing_to_check_with_is_an_error(patch_model: TinyModel, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"")
    with pytest.raises(UserError, match="None of the images could be read"):
        export(patch_model, [broken], tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == [broken]


@pytest.mark.parametrize("size", [(1, 1), (300, 20000), (96, 96)])
def test_a_sample_is_small_and_carries_what_torch_says(
    patch_model: TinyModel, tmp_path: Path, size: tuple[int, int]
) -> None:
    import cv2
    import numpy as np

    image = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    file = tmp_path / "画像.png"
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    loaded = runtime.load(patch_model.file)
    sample = onnx_writer.make_sample(patch_model.module, file, loaded.info)
    assert sample is not None and len(sample.jpeg) < 60_000
    pixels = cv2.imdecode(np.frombuffer(sample.jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert pixels is not None and max(pixels.shape) <= onnx_writer.SAMPLE_EDGE
    verdict = loaded.judge(np.asarray(pixels, np.uint8))
    np.testing.assert_allclose(sample.probabilities, verdict.probabilities, atol=1e-4)
    assert sample.unknown_score == pytest.approx(verdict.unknown_score, abs=1e-4)
    assert sample.verdict == verdict.words() and sample.heatmap is not None
    np.testing.assert_allclose(sample.heatmap, verdict.heatmap, atol=1e-3)


def test_the_network_may_be_used_by_another_thread_meanwhile(
    patch_model: TinyModel, labeled: Path, tmp_path: Path
) -> None:
    images = pictures(labeled)
    expected = onnx_writer.torch_outputs(patch_model.module, decode_image(images[0])).probabilities
    stop, problems = threading.Event(), []

    def judge() -> None:
        while not stop.wait(0.05):
            try:
                found = onnx_writer.torch_outputs(patch_model.module, decode_image(images[0])).probabilities
                np.testing.assert_allclose(found, expected, atol=1e-5)
            except Exception as problem:
                problems.append(problem)
                return

    thread = threading.Thread(target=judge)
    thread.start()
    try:
        events = export(patch_model, images[:4], tmp_path / "model.onnx")
    finally:
        stop.set()
        thread.join()
    assert not problems
    assert isinstance(events[-1], ExportResult)
