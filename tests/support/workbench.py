"""Small real image files, and a project to take them into."""

from pathlib import Path

import numpy as np
from PIL import Image

from micm_desktop.progress import JobControl
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project


def write_image(path: Path, seed: int, size: int = 12) -> Path:
    """A small image file whose content depends on ``seed`` alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)).save(path)
    return path


class Workbench:
    """An open project beside a folder of images, with the few verbs that most tests need."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pictures = root / "検査画像"
        self.pictures.mkdir()
        self.project = Project.open(root / "project")

    def write(self, name: str, seed: int) -> Path:
        return write_image(self.pictures / name, seed)

    def scan(self) -> dict[str, ImageRecord]:
        """Scan to the end; the images by relative path."""
        for _ in self.project.scan(JobControl()):
            pass
        return {image.relative_path: image for image in self.project.images()}

    def reopen(self, folder: Path | None = None) -> None:
        self.project.close()
        self.project = Project.open(folder or self.project.folder)
