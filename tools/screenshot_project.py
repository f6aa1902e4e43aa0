"""The project that the pictures show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from micm_desktop.images.samples import DEMO_CLASSES, DefectBox, write_sample_set
from micm_desktop.labeling import Labeling
from micm_desktop.labeling.setting_aside import lock_share
from micm_desktop.progress import JobControl

Language = Literal["en", "ja"]

PER_CLASS = 40
SHOTS = 6
TEST_SHARE = 0.2
UNTAGGED = 3
"""Test images without a tag, so that the filter for them has something to show."""
NAMES: dict[Language, dict[str, str]] = {
    "en": {**{name: name for name in DEMO_CLASSES}, "project": "inspection", "images": "plates", "find": "model"},
    "ja": {
        **{"good": "良品", "crack": "亀裂", "dent": "打痕", "pit": "ピット", "scratch": "傷", "stain": "しみ"},
        **{"project": "外観検査", "images": "部品画像", "find": "モデル"},
    },
}
SHOWN = "scratch_006.png"
"""The image whose heatmap, examples and box are shown: neither tagged nor set aside, and its scratch is easy to see."""


def make_project(folder: Path, language: Language) -> tuple[Path, list[DefectBox]]:
    """Sample set, classes, test set, tags and features below ``folder``; the project's folder and where defects are."""
    words = NAMES[language]
    images, project = folder / words["images"], folder / words["project"]
    boxes = write_sample_set(images, per_class=PER_CLASS)
    labeling = Labeling.open(project)
    try:
        labeling.project.add_folder(images)
        _run(labeling.scan(JobControl()))
        labeling.refresh()
        truth = np.array([DEMO_CLASSES.index(image.path.parent.name) for image in labeling.images])
        ids = [labeling.project.add_class(words[name], is_good=name == "good").id for name in DEMO_CLASSES]
        _run(labeling.compute_features(JobControl()))
        _run(lock_share(labeling, TEST_SHARE, JobControl()))
        locked = np.array([image.sha256 in labeling.project.locked() for image in labeling.images])
        untouched = np.array([image.path.name == SHOWN for image in labeling.images]) | locked
        rng = np.random.default_rng(0)
        shots = [rng.permutation(np.flatnonzero((truth == c) & ~untouched))[:SHOTS] for c in range(len(ids))]
        for row in (*np.concatenate(shots), *rng.permutation(np.flatnonzero(locked))[UNTAGGED:]):
            labeling.tag([int(row)], ids[truth[row]])
    finally:
        labeling.close()
    return project, boxes


def _run(events: Iterator[object]) -> None:
    for _ in events:
        pass
