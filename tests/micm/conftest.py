"""Shared by the tests of pretraining."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tiny_micm import write_images


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing by a second thread, and lose much where the computer has other work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """24 readable images."""
    return write_images(tmp_path_factory.mktemp("pictures"), 24)
