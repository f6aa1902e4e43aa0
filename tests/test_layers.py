"""The direction of the imports, as pyproject.toml draws it: checked by import-linter."""

from pathlib import Path

import pytest

CONTRACTS = (
    "Only gui imports Qt",
    "The line PC's runtime reaches neither torch nor Qt",
    "Arrows run one way",
    "No circles",
)


def test_import_contracts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    linter = pytest.importorskip("importlinter.cli", reason="import-linter comes with the dev extra")
    monkeypatch.chdir(Path(__file__).parents[1])
    code = linter.lint_imports(no_cache=True, no_logo=True)
    said = capsys.readouterr().out
    assert code == 0, said
    for contract in CONTRACTS:
        assert f"{contract} KEPT" in said
