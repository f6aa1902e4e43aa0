"""Some rounds of benchmarks/soak.py, then as many in which this leaks; prints what the verdict says of both, as JSON.

Usage: leaking_soak.py FOLDER. Without what takes long, a pretraining and a model file: the two hours have them.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from growth import Left, verdict
from soak import WARM_UP, Soak

ROUNDS = 4
PARTS = ("label", "change_folder", "pages")


class Leak:
    """Of everything that is counted, more than comes and goes by itself."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def __call__(self, soak: Soak) -> None:
        from PySide6.QtCore import QObject

        self.kept += [QObject(soak.window) for _ in range(20)]
        self.kept += [[] for _ in range(10_000)]
        self.kept.append(os.urandom(24 << 20))
        for _ in range(6):
            self.kept.append(os.open(os.devnull, os.O_RDONLY))
            threading.Thread(target=threading.Event().wait, daemon=True).start()


def main() -> None:
    soak, leak = Soak(Path(sys.argv[1])), Leak()

    def rounds(count: int, *, leaking: bool) -> list[Left]:
        found = []
        for _ in range(count):
            soak.round(PARTS)
            if leaking:
                leak(soak)
            found.append(soak.left(0.0))
        return found

    rounds(WARM_UP, leaking=False)
    honest = verdict(rounds(ROUNDS, leaking=False))
    leaking = verdict(rounds(ROUNDS, leaking=True))
    print(json.dumps({"honest": honest, "leaking": leaking, "failures": soak.failures}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
