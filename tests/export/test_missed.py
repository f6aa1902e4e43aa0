"""What counts as a missed defect where one model file stands beside another, and what a student may lose."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_model import TinyModel, last

from micm_desktop.export.converting import describe
from micm_desktop.export.distill import DistillConfig
from micm_desktop.export.fit import FittedFolder, fit_model
from micm_desktop.export.fit_student import Teacher, unknown_by
from micm_desktop.export.int8_trial import Int8Trial, check_int8, try_int8
from micm_desktop.export.rules import Rules
from micm_desktop.export.runtime import Model, load
from micm_desktop.export.student_check import Comparison, Tagged, compare
from micm_desktop.export.target import NO_TAGS
from micm_desktop.fewshot.head import normalise_rows, unknown_score
from micm_desktop.fewshot.labeled_folder import read_labeled_folder
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl, ProcessingError

SAME = Tagged(50, 45, 25, 1)
EQUAL = Comparison(100, 97, 50, 0, 50, 0, 0, 0, True, 0.002, 0.03, SAME, SAME)


@pytest.fixture(scope="module")
def files(patch_model: TinyModel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    """One network in three files: to one everything is unknown, to another a defect, to the last all is good."""
    folder, info = tmp_path_factory.mktemp("files"), load(patch_model.file).info
    assert info.policy is not None
    all_good, all_defects = (replace(info.policy, threshold=line, ask_cost=1e9) for line in (1 - 1e-9, 1e-9))
    kinds = {"unknown": (0.0, info.policy), "defect": (1.0, all_defects), "good": (1.0, all_good)}
    for name, (threshold, policy) in kinds.items():
        shutil.copy(patch_model.file, folder / name)
        describe(folder / name, replace(info, unknown_threshold=threshold, policy=policy))
    return {name: load(folder / name) for name in kinds}


@pytest.mark.parametrize(
    ("before", "now", "missed"),
    [("unknown", "good", 6), ("defect", "good", 6), ("good", "unknown", 0), ("unknown", "defect", 0)],
)
def test_what_was_stopped_and_passes_is_missed(
    files: dict[str, Model], labeled: Path, before: str, now: str, missed: int
) -> None:
    paths = sorted(labeled.rglob("*.png"))[::6]
    trial = last(try_int8(files[before], files[now], NO_TAGS, paths, (1, 0), JobControl()), Int8Trial)
    found = last(compare(files[before], files[now], paths, [], JobControl()), Comparison)
    assert trial.missed == found.missed == missed
    assert trial.defects == found.defects == (0 if before == "good" else 6)
    assert found.alarms == (6 if before == "good" else 0)
    assert (missed > 0) == found.sentences()[0].startswith("WARNING: of 6 images")
    # These files decide otherwise on every image, which is too much by itself.
    assert replace(found, same=found.images).exceeds(0.02) == (missed > 0)
    if missed:
        with pytest.raises(ProcessingError, match="6 of 6 images that the model calls defects or unknown"):
            check_int8(trial, 0.01)


@pytest.mark.parametrize(
    ("found", "too_much", "said"),
    [
        (EQUAL, False, ""),
        (replace(EQUAL, missed=1), False, "of 50 images that the teacher calls defects or unknown"),
        (replace(EQUAL, missed=2), True, "calls 2 good"),
        (replace(EQUAL, student=replace(SAME, missed=2)), True, "misses 2"),
        (replace(EQUAL, student=replace(SAME, right=43)), True, ""),
        (replace(EQUAL, student=replace(SAME, right=49, missed=0)), False, ""),
        (replace(EQUAL, images=49, same=21), True, "on 28 of 49 images"),
        (replace(EQUAL, images=42, same=27), False, "on 15 of 42 images"),
    ],
)
def test_what_a_student_may_lose(found: Comparison, too_much: bool, said: str) -> None:
    """Of 50 defects one is within the limit of 2 %; verdicts that differ are warned of, and refused where most do."""
    assert found.exceeds(DistillConfig().limit) == too_much and not found.exceeds(1.0)
    warnings = [sentence for sentence in found.sentences() if sentence.startswith("WARNING")]
    assert bool(warnings) == bool(said) and said in " ".join(warnings)
    assert not any("So few defects" in sentence for sentence in found.sentences())
    assert any("So few defects" in sentence for sentence in replace(found, defects=20).sentences())


def test_new_images_are_not_called_unknown_for_being_new(labeled: Path, conv_encoder: Path) -> None:
    """Embeddings as a student gives them: close to their prototypes where it has learned from the images."""
    rng = np.random.default_rng(0)
    centres = normalise_rows(rng.normal(size=(2, 32)).astype(np.float32))

    def drawn(count: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(count) % 2
        noise = spread * rng.normal(size=(count, 32)).astype(np.float32)
        return normalise_rows(centres[labels] + noise), labels

    encoder, folder = load_encoder(conv_encoder), read_labeled_folder(labeled)
    fitted = last(fit_model(encoder, folder, "ridge", 2, 0, JobControl()), FittedFolder)
    tagged = tuple(map(tuple, fitted.tagged[:2]))
    teacher = Teacher(fitted.model, encoder, ("a", "b"), tagged, 0.5, fitted.policy, Rules())
    learned, labels = drawn(20, 0.03)
    others, later = drawn(100, 0.1)[0], drawn(1000, 0.1)[0]
    strange = normalise_rows(rng.normal(size=(1000, 32)).astype(np.float32))
    rates = []
    for fresh in (others[:0], others):
        prototypes, threshold = unknown_by(learned, labels, fresh, teacher)
        rates.append([float((unknown_score(rows, prototypes) > threshold).mean()) for rows in (later, strange)])
    assert rates[0][0] > 0.5, "by what was learned from, most new images were unknown"
    assert rates[1][0] < 0.1 and rates[1][1] > 0.9
