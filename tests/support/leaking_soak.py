"""Some rounds of benchmarks/soak.py, then some in which this leaks; prints what the verdict says of both, as JSON.

Usage: leaking_soak.py FOLDER. Without what takes long (heatmaps, pretraining, a model file): the two hours have it.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from growth import verdict
from soak import WARM_UP, Soak

ROUNDS, LEAKING = 3, 2
PARTS = ("tag", "scroll", "edit_class", "change_folder")


class Leak:
    """Of everything that is counted, more than comes and goes by itself."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def __call__(self, soak: Soak) -> None:
        from PySide6.QtCore import QObject

        self.kept += [QObject(soak.window) for _ in range(20)]
        self.kept += [[] for _ in range(60_000)]
        self.kept.append(os.urandom(48 << 20))
        for _ in range(24):
            self.kept.append(os.open(os.devnull, os.O_RDONLY))
            threading.Thread(target=threading.Event().wait, daemon=True).start()


def main() -> None:
    soak, leak = Soak(Path(sys.argv[1])), Leak()

    soak.round([*PARTS, "look", "map"])
    for _ in range(WARM_UP):
        soak.round(PARTS)
    rounds = []
    for number in range(ROUNDS + LEAKING):
        soak.round(PARTS if number < ROUNDS else ())
        if number >= ROUNDS:
            leak(soak)
        rounds.append(soak.left(0.0))
    honest, leaking = verdict(rounds[:ROUNDS]), verdict(rounds[ROUNDS - 1 :])
    print(json.dumps({"honest": honest, "leaking": leaking, "failures": soak.failures}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
