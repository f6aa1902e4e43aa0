"""Real surface images: the data sets beside the checkout. Without them these tests are skipped."""

import shutil
from pathlib import Path

import pytest

SURFACES = Path(__file__).parents[3] / "shared" / "datasets" / "neu-surface"


@pytest.fixture(scope="session")
def surfaces() -> Path:
    """Hot-rolled steel strip with six kinds of defect, 1,800 grey images of 200 × 200 pixels, and ``boxes.csv``."""
    if not SURFACES.is_dir():
        pytest.skip("no data set in ../shared/datasets/neu-surface")
    return SURFACES


def subset(surfaces: Path, out: Path, per_class: int) -> Path:
    """Copies of the first images of each class."""
    for folder in sorted(path for path in surfaces.iterdir() if path.is_dir()):
        (out / folder.name).mkdir(parents=True)
        for path in sorted(folder.iterdir())[:per_class]:
            shutil.copy(path, out / folder.name)
    return out


@pytest.fixture(scope="session")
def twenty_each(surfaces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty images of each class."""
    return subset(surfaces, tmp_path_factory.mktemp("surfaces") / "鋼板", 20)


@pytest.fixture(scope="session")
def hundred_each(surfaces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred images of each class."""
    return subset(surfaces, tmp_path_factory.mktemp("surfaces") / "鋼板", 100)
