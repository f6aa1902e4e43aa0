"""The process that translates one model to ONNX for another process, and ends.

Its last two arguments: the file that :func:`~micm_desktop.export.graph_file.write_graph` wrote, and the one to write.
Where the system refuses a file it writes what :data:`REFUSED` says to standard output.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Final

FLAG: Final = "--translate-model"
"""What a program that is one file is started with to become such a process."""
REFUSED: Final = 3
"""Exit code for an OSError, which is given as JSON: number, text and file."""


def main() -> None:
    """Translate. Ends at once where the other process does: then standard input ends."""
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    source, out = (Path(argument) for argument in sys.argv[-2:])
    answer = os.dup(1)
    # A library that prints must not speak in between.
    os.dup2(2, 1)
    from micm_desktop.export.graph_file import read_graph
    from micm_desktop.export.translation import to_onnx

    try:
        to_onnx(read_graph(source), out)
    except OSError as problem:
        place = problem.filename or out
        os.write(answer, json.dumps([problem.errno, problem.strerror, os.fsdecode(place)]).encode())
        sys.exit(REFUSED)


def _end_with_the_other() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)
