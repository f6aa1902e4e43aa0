"""Shared by the tests of pretraining."""

from pathlib import Path

import pytest
from tiny_micm import write_images


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """24 readable images."""
    return write_images(tmp_path_factory.mktemp("pictures"), 24)
