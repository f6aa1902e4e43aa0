"""The Python programs in the line PC's documents run as they stand there, without torch and Qt."""

import re
import shutil
from pathlib import Path

import pytest
from command_line import run_fresh

from micm_desktop import load

DOCS = Path(__file__).parents[2] / "docs" / "line-pc"
HEAVY = "torch, timm, sklearn, scipy, sqlalchemy, onnx, safetensors, PySide6"


@pytest.mark.parametrize("document", ["README.md", "README.ja.md"])
def test_the_documents_program(document: str, model_file: Path, labeled: Path, tmp_path: Path) -> None:
    if not DOCS.is_dir():
        pytest.skip("this copy has no documents")
    (program,) = re.findall(r"```python\n(.*?)```", (DOCS / document).read_text("utf-8"), re.DOTALL)
    shutil.copy(model_file, tmp_path / "model.onnx")
    image = sorted((labeled / "scratch").glob("*.png"))[0]
    shutil.copy(image, tmp_path / "image.png")
    loaded = f"\nimport sys\nassert not sys.modules.keys() & set('{HEAVY}'.split(', '))"
    outcome = run_fresh(code=program + loaded, folder=tmp_path)
    assert outcome.code == 0, outcome.stderr
    verdict = load(model_file).judge(image)
    assert verdict.outcome.name in outcome.stdout and f"{verdict.class_name} " in outcome.stdout
