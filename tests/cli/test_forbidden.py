"""What the program never does, whatever file it is given: run what a file holds, or speak to a network unasked."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from command_line import run_fresh
from watched_sockets import WATCH, WATCHED

import micm_desktop

PACKAGE = Path(micm_desktop.__file__).parent

NEVER_IMPORTED = {
    "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "tarfile", "yaml", "xmlrpc",
    "socket", "ssl", "http", "urllib", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "telnetlib", "code",
}  # fmt: skip
ALLOWED_IMPORTS = {
    "micm/timm_weights.py": {"huggingface_hub"},  # `timm:NAME`, which the user types
    "labeling/mapping.py": {"zipfile"},  # the name of an error that numpy raises
}
ONLY_WHERE_ALLOWED = {"huggingface_hub", "zipfile"}
NEVER_CALLED = {
    "eval", "exec", "compile", "os.system", "os.popen", "torch.load", "torch.jit.load", "torch.hub.load",
    "shutil.unpack_archive", "np.loadtxt", "numpy.fromfile", "pandas.read_pickle", "webbrowser.open",
}  # fmt: skip


@cache
def sources() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for that, else an empty text."""
    if isinstance(node, ast.Attribute):
        return f"{start}.{node.attr}" if (start := dotted(node.value)) else ""
    return node.id if isinstance(node, ast.Name) else ""


def off(node: ast.Call, keyword: str) -> bool:
    """Whether a call says ``keyword=False``."""
    return any(
        word.arg == keyword and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in node.keywords
    )


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_nothing_that_runs_what_it_reads_is_imported_or_called() -> None:
    wrong = []
    for name, tree in sources():
        allowed = ALLOWED_IMPORTS.get(name, set())
        wrong += [f"{name} imports {module}" for module in imported(tree) & NEVER_IMPORTED]
        wrong += [f"{name} imports {module}" for module in imported(tree) & ONLY_WHERE_ALLOWED - allowed]
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = dotted(node.func)
            if called in NEVER_CALLED:
                wrong.append(f"{name}:{node.lineno} calls {called}")
            for keyword in ("shell", "allow_pickle"):
                if any(word.arg == keyword for word in node.keywords) and not off(node, keyword):
                    wrong.append(f"{name}:{node.lineno} {called} with {keyword}")
            if called in ("np.load", "numpy.load") and not off(node, "allow_pickle"):
                wrong.append(f"{name}:{node.lineno} {called} may unpickle")
    assert not wrong


def test_the_check_sees_what_it_looks_for() -> None:
    """Of what the package does import, the modules that are allowed in one place each."""
    found = {name: imported(tree) & ONLY_WHERE_ALLOWED for name, tree in sources()}
    assert {name: modules for name, modules in found.items() if modules} == ALLOWED_IMPORTS


def test_predict_opens_no_socket(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    """Nor does the whole job: test_demo.py."""
    done = run_fresh("predict", model_file, labeled / "good", "--out", tmp_path / "r.csv", code=WATCHED)
    assert done.code == 0 and "SOCKET" not in done.stderr, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there, it is the system's event tracing")
def test_onnxruntime_reports_nothing(model_file: Path, tmp_path: Path) -> None:
    """It keeps what it is about to send, and a number for this computer, in the user's folder for caches."""
    # Nothing that tells it of a test: it would be silent by itself.
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}
    code = "import sys, micm_desktop; micm_desktop.load(sys.argv[1])"
    command = [sys.executable, "-c", code, str(model_file)]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    assert not list(tmp_path.rglob("*icrosoft*"))


def test_the_watch_sees_a_socket() -> None:
    code = WATCH + "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "SOCKET socket.connect" in done.stderr
