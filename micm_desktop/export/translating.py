"""The translation to ONNX in a process of its own, where the window asks for it.

torch keeps some MiB of every model that it has traced, until the process ends; a process can be ended at any moment of
the translation; and where it wants more memory than there is, it is not the window that the system ends.
"""

import json
import logging
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from micm_desktop import own_process
from micm_desktop.export.translate_worker import FLAG, REFUSED
from micm_desktop.progress import JobControl, ProcessingError

if TYPE_CHECKING:
    from micm_desktop.export.model_graph import ModelGraph

_LOOK_SECONDS: Final = 0.05
"""How soon a cancel is seen."""
_ENDED: Final = 0xC0000000
"""Windows' codes for a process that the system ended are no less."""

log = logging.getLogger(__name__)
_apart = False


def translate_apart() -> None:
    """Translate in processes from now on."""
    global _apart
    _apart = True


def translate(model: "ModelGraph", path: Path, control: JobControl) -> None:
    """Write ``model``, in evaluation mode on the CPU, to ``path`` as ONNX.

    Raises Cancelled, OSError, and ProcessingError where the system ends the process.
    """
    from micm_desktop.export.translation import to_onnx

    if not _apart or not _in_a_process(model, path, control):
        to_onnx(model, path)


def _in_a_process(model: "ModelGraph", path: Path, control: JobControl) -> bool:
    """As :func:`translate`; False where no process can be started here."""
    from micm_desktop.export.graph_file import write_graph

    graph = path.with_suffix(".graph")
    # What it leaves behind when it is ended goes with the folder.
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(path.parent))}
    started_by = [*own_process.command("micm_desktop.export.translate_worker", FLAG), str(graph), str(path)]
    # Into files: a pipe that nobody reads would hold the process up.
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        try:
            write_graph(model, graph)
            try:
                process = subprocess.Popen(
                    started_by,
                    stdin=subprocess.PIPE,
                    stdout=answer,
                    stderr=said,
                    env=environment,
                    **own_process.apart(),
                )
            except OSError as problem:
                log.warning("No process can be started to translate; this one does it itself (%r)", problem)
                return False
            code = _wait(process, control)
        finally:
            graph.unlink(missing_ok=True)
        answer.seek(0)
        said.seek(0)
        _check(code, answer.read(), said.read().decode(errors="replace"))
    return True


def _wait(process: "subprocess.Popen[bytes]", control: JobControl) -> int:
    """Its exit code. Raises Cancelled, and then it has ended, too."""
    try:
        while (code := _code(process)) is None:
            control.safe_point()
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()
    control.safe_point()
    return code


def _code(process: "subprocess.Popen[bytes]") -> int | None:
    try:
        return process.wait(_LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _check(code: int, answer: bytes, said: str) -> None:
    # A C library that aborts may give the same code, and says nothing.
    if code == REFUSED and answer:
        number, text, place = json.loads(answer)
        raise OSError(number, text, place)
    if code < 0 or code >= _ENDED:
        log.warning("The process that translates was ended (%d)", code)
        raise ProcessingError(
            "The system ended the process that writes the model file, most often for want of memory. Close other"
            " programs and try again."
        )
    if code:
        log.error("The process that translates has failed:\n%s", said)
        raise RuntimeError(said.strip().rpartition("\n")[2] or f"the process that translates ended with {code}")
