"""Shared by the tests of the project store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from workbench import Workbench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    bench = Workbench(tmp_path)
    yield bench
    bench.project.close()


@pytest.fixture
def permissions_bind(tmp_path: Path) -> None:
    """Skip the test where taking permissions away has no effect: for an administrator, or on Windows."""
    probe = tmp_path.parent / f"{tmp_path.name}-probe"
    probe.mkdir()
    probe.chmod(0o500)
    try:
        (probe / "file").write_bytes(b"")
    except PermissionError:
        return
    pytest.skip("permissions do not bind this user")
