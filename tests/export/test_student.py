"""A small student really learns from a fitted model, and leaves nothing behind when stopped. tests/cli/test_distill.py
makes a model file of one."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_model import last

from micm_desktop.export.distill import (
    DistillConfig,
    Trained,
    mobilenet_of,
    normalised,
    student_embeddings,
    train_student,
)
from micm_desktop.export.fit import FittedFolder, fit_model
from micm_desktop.export.fit_student import Distilled, Teacher, distill_model, unknown_by, write_refused
from micm_desktop.export.rules import Rules
from micm_desktop.export.runtime import load
from micm_desktop.export.student import StudentConfig, StudentModel
from micm_desktop.export.teacher import Lessons, answers, ask_teacher
from micm_desktop.fewshot.labeled_folder import read_labeled_folder
from micm_desktop.images.decode import decode_image
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import Cancelled, JobControl, Progress

SMALL = DistillConfig(student=StudentConfig(image_size=64, dim=32), epochs=12, device="cpu", batch_size=16)


@pytest.fixture(scope="module")
def teacher(labeled: Path, conv_encoder: Path) -> Teacher:
    """Fitted to three tagged images of each class."""
    encoder = load_encoder(conv_encoder)
    folder = read_labeled_folder(labeled)
    fitted = last(fit_model(encoder, folder, "ridge", 3, 0, JobControl(), good=(True,) + (False,) * 5), FittedFolder)
    tagged = tuple(map(tuple, fitted.tagged))
    threshold = fitted.unknown_threshold
    return Teacher(fitted.model, encoder, folder.classes, tagged, threshold, fitted.policy, Rules())


@pytest.fixture(scope="module")
def untagged(teacher: Teacher, labeled: Path) -> list[Path]:
    tagged = {path for of_class in teacher.tagged for path in of_class}
    return [path for path in sorted(labeled.rglob("*.png")) if path not in tagged]


@pytest.fixture(scope="module")
def lessons(teacher: Teacher, untagged: list[Path]) -> Lessons:
    return last(ask_teacher(teacher.model.eval(), untagged, 64, None, 10_000, JobControl()), Lessons)


def test_the_lessons_are_what_the_model_file_says(teacher: Teacher, untagged: list[Path], lessons: Lessons) -> None:
    image = torch.from_numpy(decode_image(untagged[0]))[None]
    with torch.inference_mode():
        expected = teacher.model(image)
    said = answers(teacher.model, image)
    np.testing.assert_allclose(lessons.probabilities[0], expected.probabilities[0], atol=1e-5)
    np.testing.assert_allclose(said.embedding, expected.embedding, atol=1e-5)
    decided = int(teacher.model.decided_class(expected.probabilities))
    heat = said.evidence[0, decided].clamp_min(0)
    np.testing.assert_allclose(heat / heat.max().clamp_min(1e-6), expected.heatmap[0], atol=1e-5)


@pytest.fixture(scope="module")
def trained(teacher: Teacher, lessons: Lessons) -> Trained:
    return learn(teacher, lessons, SMALL)


def learn(teacher: Teacher, lessons: Lessons, config: DistillConfig) -> Trained:
    stem = mobilenet_of(teacher.encoder)
    return last(train_student(lessons, stem, config, None, torch.device("cpu"), JobControl()), Trained)


def test_the_seed_decides(teacher: Teacher, lessons: Lessons) -> None:
    one, same, other = (learn(teacher, lessons, replace(SMALL, epochs=1, seed=seed)) for seed in (1, 1, 2))
    assert one.last_loss == same.last_loss != other.last_loss


def test_it_learns(teacher: Teacher, lessons: Lessons, trained: Trained) -> None:
    assert trained.last_loss < 0.6 * trained.first_loss
    assert sum(parameter.numel() for parameter in trained.network.parameters()) < 1_200_000
    stem = mobilenet_of(teacher.encoder)
    assert stem is not None
    assert torch.equal(next(trained.network.early.parameters()), next(stem.body.parameters())), "edges stay as they are"
    with torch.inference_mode():
        said = trained.network(normalised(torch.from_numpy(lessons.pixels)))
    best = lessons.probabilities.argmax(axis=1)
    rows = np.arange(len(best))
    own = torch.nn.functional.interpolate(said.evidence, lessons.evidence.shape[2:], mode="area").numpy()
    pairs = zip(own[rows, best], lessons.evidence[rows, best], strict=True)
    assert np.mean([np.corrcoef(one.ravel(), other.ravel())[0, 1] for one, other in pairs]) > 0.3


def test_it_decides_as_the_teacher_does(teacher: Teacher, trained: Trained) -> None:
    """On images that it has not learned from; one in six would be chance."""
    tagged = [path for of_class in teacher.tagged for path in of_class]
    embeddings, rows = student_embeddings(trained.network, tagged, JobControl())
    assert rows == list(range(18))
    prototypes, threshold = unknown_by(embeddings, np.arange(6).repeat(3), embeddings[:0], teacher)
    assert 0 < threshold < 1
    model = StudentModel(trained.network, prototypes, teacher.policy).eval()
    with torch.inference_mode():
        images = [torch.from_numpy(decode_image(path))[None] for path in tagged]
        found = [(model(image).probabilities, teacher.model(image).probabilities) for image in images]
        out = model(torch.randint(0, 256, (2, 37, 130, 3), dtype=torch.uint8))
    assert sum(bool(own.argmax() == expected.argmax()) for own, expected in found) >= 9
    assert out.heatmap.shape == (2, 8, 8) and out.heatmap.min() >= 0 and out.heatmap.max() <= 1
    assert ((out.unknown_score >= 0) & (out.unknown_score <= 1)).all()


def test_stopped_it_leaves_nothing(
    teacher: Teacher, untagged: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    control = JobControl()
    with pytest.raises(Cancelled):
        for event in distill_model(teacher, untagged, [], SMALL, tmp_path / "out" / "student.onnx", control):
            if isinstance(event, Progress) and event.text == "student":
                control.cancel()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.slow
def test_a_student_that_loses_too_much_is_written_only_on_request(
    teacher: Teacher, untagged: list[Path], tmp_path: Path
) -> None:
    out, config = tmp_path / "student.onnx", replace(SMALL, epochs=1, limit=-1.0)
    made = last(distill_model(teacher, untagged, [], config, out, JobControl()), Distilled)
    assert made.refused and not list(tmp_path.iterdir()), "no student loses less than nothing"
    assert made.comparison.line and 0 < made.comparison.images < len(untagged)
    assert not write_refused(made).refused and load(out).verify().ok
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
