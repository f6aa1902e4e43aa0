"""What fuzzing begins with, and what it once found, through the same functions: fuzz/run.py goes on from here."""

import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"
if not FUZZ.is_dir():
    pytest.skip("fuzz is part of the repository, not of the installed package", allow_module_level=True)
sys.path.insert(0, str(FUZZ))
from targets import TARGETS, corpus  # noqa: E402

FILES = [(name, file) for name in TARGETS for file in sorted(corpus(name).iterdir())]


@pytest.mark.parametrize(("target", "file"), FILES, ids=lambda value: getattr(value, "name", value))
def test_replayed(target: str, file: Path) -> None:
    TARGETS[target](file.read_bytes())


def test_the_corpora_are_small() -> None:
    assert sum(file.stat().st_size for _, file in FILES) < 300_000
