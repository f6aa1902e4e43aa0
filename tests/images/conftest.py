"""Shared by the tests of reading images."""

from pathlib import Path

import pytest


@pytest.fixture
def permissions_bind(tmp_path: Path) -> None:
    """Skip the test where taking permissions away has no effect: for an administrator, or on Windows."""
    probe = tmp_path.parent / f"{tmp_path.name}-probe"
    probe.write_bytes(b"")
    probe.chmod(0)
    try:
        probe.read_bytes()
    except PermissionError:
        return
    pytest.skip("permissions do not bind this user")
