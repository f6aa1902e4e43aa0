"""``distill``: wrong use, a stopped job of a project, and a student's model file."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from command_line import run

from micm_desktop.export import runtime
from micm_desktop.export.model_file import OUTPUTS
from micm_desktop.images.decode import decode_image
from micm_desktop.progress import Cancelled, JobControl, Progress

KEYS = {"model_file", "classes", "support", "bytes", "parity_max_abs_diff", "teacher_agreement", "speedup", "seconds"}


def test_wrong_use(labeled: Path, tmp_path: Path) -> None:
    out = tmp_path / "student.onnx"
    both = run("distill", labeled, "--out", out, "--minutes", "1", "--epochs", "1")
    assert both.code == 2 and "not both" in both.stderr
    assert run("distill", labeled, "--out", tmp_path / "student.bin").code == 2
    assert run("distill", labeled, "--out", out, "--method", "local").code == 2


def test_a_project_is_a_teacher_too(labeled: Path, conv_encoder: Path, tmp_path: Path) -> None:
    from micm_desktop.export.distill import DistillConfig
    from micm_desktop.labeling import Labeling

    labeling = Labeling.open(tmp_path / "project")
    labeling.project.add_folder(labeled / "scratch")
    labeling.project.add_folder(labeled / "crack")
    list(labeling.scan(JobControl()))
    labeling.refresh()
    labeling.project.register_encoder(conv_encoder, "tiny", "{}")
    list(labeling.compute_features(JobControl()))
    for name in ("scratch", "crack"):
        kind = labeling.project.add_class(name)
        labeling.tag([row for row, image in enumerate(labeling.images) if image.path.parent.name == name][:3], kind.id)
    control, told = JobControl(), []
    with pytest.raises(Cancelled):
        for event in labeling.distill(DistillConfig(epochs=1, device="cpu"), tmp_path / "student.onnx", control):
            if isinstance(event, Progress) and event.text == "teacher":
                told.append(event)
                control.cancel()
    labeling.close()
    assert told and not (tmp_path / "student.onnx").exists()


@pytest.mark.slow
def test_a_model_file_like_any_other(labeled: Path, conv_encoder: Path, tmp_path: Path) -> None:
    out = tmp_path / "学生.onnx"
    arguments = ("--encoder", conv_encoder, "--images", labeled, "--shots", "3", "--epochs", "6", "--device", "cpu")
    # What it may lose is not asked here.
    outcome = run("distill", labeled, "--out", out, *arguments, "--limit", "100", "--json")
    assert outcome.code == 0, outcome.stderr
    values = outcome.values
    assert values.keys() >= KEYS and values["support"] == dict.fromkeys(values["classes"], 3)
    # The tiny teacher of the tests is no slower than a student.
    assert values["speedup"] == pytest.approx(values["teacher_milliseconds"] / values["milliseconds"], rel=0.05)
    assert values["parameters"] < 1_200_000
    assert values["tagged"]["images"] == 18 and values["tagged"]["accuracy"] > 1 / 6
    assert "as the teacher does" in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    assert run("verify", out).code == 0
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    images = np.random.default_rng(0).integers(0, 256, (2, 37, 130, 3), np.uint8)
    probabilities, embedding, heat, unknown = session.run(list(OUTPUTS), {"image": images})
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(embedding, axis=1), 1, atol=1e-5)
    assert heat.shape[0] == 2 and heat.min() >= 0 and heat.max() <= 1
    assert ((unknown >= 0) & (unknown <= 1)).all()
    assert runtime.load(out).judge(decode_image(sorted(labeled.rglob("*.png"))[0])).heatmap.max() == 1
