"""A project on a few real pictures with a tiny encoder, and the verbs that its tests need."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from micm_desktop.labeling import Labeling, Predictions
from micm_desktop.progress import JobControl, Progress

KINDS = ("good", "pit", "stain")


class LabelingBench:
    """Eighteen pictures of three kinds below ``pictures``; the open project is ``labeling``."""

    def __init__(self, root: Path, labeled: Path, encoder: Path) -> None:
        self.pictures = root / "検査画像"
        for kind in KINDS:
            shutil.copytree(labeled / kind, self.pictures / kind)
        self.encoder = encoder
        self.labeling = Labeling.open(root / "プロジェクト")

    def start(self) -> None:
        """Scanned, with the tiny encoder in use and its features computed."""
        self.labeling.project.add_folder(self.pictures)
        self.scan()
        self.labeling.project.register_encoder(self.encoder, "tiny", "{}")
        self.compute()

    def scan(self) -> None:
        list(self.labeling.scan(JobControl()))
        self.labeling.refresh()

    def compute(self) -> list[Progress]:
        return list(self.labeling.compute_features(JobControl()))

    def reopen(self, folder: Path | None = None) -> None:
        folder = folder or self.labeling.project.folder
        self.labeling.close()
        self.labeling = Labeling.open(folder)

    def row(self, name: str) -> int:
        (found,) = (row for row, image in enumerate(self.labeling.images) if image.path.name == name)
        return found

    def rows(self, kind: str) -> list[int]:
        return [row for row, image in enumerate(self.labeling.images) if image.path.parent.name == kind]

    def tag(self, *kinds: str, each: int = 2) -> dict[str, int]:
        """The first pictures of each kind, tagged with a class of that name; the class ids by name."""
        ids = {}
        for kind in kinds:
            ids[kind] = self.labeling.project.add_class(kind).id
            self.labeling.tag(self.rows(kind)[:each], ids[kind])
        return ids

    def predictions(self) -> Predictions:
        found = self.labeling.predict()
        assert found is not None
        return found

    def verdicts(self) -> list[str]:
        """Class names by image, empty where there is no prediction."""
        found = self.predictions()
        return [found.classes[index].name if index >= 0 else "" for index in found.class_index]

    def probabilities(self) -> NDArray[np.float32]:
        return self.predictions().probabilities


def opened(root: Path, labeled: Path, encoder: Path) -> Iterator[LabelingBench]:
    bench = LabelingBench(root, labeled, encoder)
    yield bench
    bench.labeling.close()
