"""The packed runtime, where one was made, on a computer that has nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest
import try_build

BUILT = Path(__file__).resolve().parents[2] / "dist" / "micm-desktop-runtime"


def may_unshare() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--net", "--mount", "true"]
    return shutil.which("unshare") is not None and subprocess.run(command, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not BUILT.exists(), reason="python3 installer/build.py runtime makes what is tried here")
def test_the_packed_runtime_judges_without_python_and_network(model_file: Path, labeled: Path) -> None:
    if not may_unshare():
        pytest.skip("needs Linux's namespaces")
    assert try_build.main([str(BUILT), "--model", str(model_file), "--images", str(labeled)]) == 0
