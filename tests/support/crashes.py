"""Lives of the crash driver, ended by SIGKILL, and a plain model of what they have done."""

import json
import os
import signal
import subprocess
import sys
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import micm_desktop
from micm_desktop.project.records import UNSURE
from micm_desktop.project.store import Project


class Driver:
    """The process that forks for each life."""

    def __init__(self, *arguments: str) -> None:
        script = Path(__file__).with_name("crash_driver.py")
        paths = [str(Path(micm_desktop.__file__).parents[1]), str(script.parent)]
        self._process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"},
        )

    def live(self, kind: str, seconds: float | None, after: int = 0, **order: Any) -> list[dict[str, Any]]:
        """One life: killed ``seconds`` after it said ``after`` lines, or until its own end; all that it said."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"kind": kind, **order}) + "\n")
        self._process.stdin.flush()
        said: list[dict[str, Any]] = []
        killer: threading.Timer | None = None
        while True:
            line = json.loads(self._process.stdout.readline())
            if "ended" in line:
                break
            said.append(line)
            if seconds is not None and killer is None and len(said) > after:
                killer = threading.Timer(seconds, os.kill, (said[0]["pid"], signal.SIGKILL))
                killer.start()
        if killer is not None:
            killer.join()
            assert line["ended"] == signal.SIGKILL, said[-3:]
        return said[1:]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@dataclass
class State:
    """Labels by plain values: class names by id, class id or UNSURE by content, and regions by number."""

    classes: dict[int, str] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    regions: dict[int, tuple[str, int | None, float]] = field(default_factory=dict)


class Model:
    """What the actions amount to; undo and redo go through the states."""

    def __init__(self) -> None:
        self.states = [State()]
        self.at = 0
        self.last_class = self.last_region = 0

    @property
    def state(self) -> State:
        return self.states[self.at]

    def copy(self) -> "Model":
        return deepcopy(self)

    def do(self, words: list[Any]) -> None:
        kind, *values = words
        if kind in ("undo", "redo"):
            self.at += 1 if kind == "redo" else -1
            return
        state = deepcopy(self.state)
        getattr(self, f"_{kind}")(state, *values)
        if state != self.state:
            self.states[self.at + 1 :] = [state]
            self.at += 1

    def _tag(self, state: State, keys: list[str], wanted: int | None) -> None:
        for key in keys:
            state.tags.pop(key, None)
            if wanted is not None:
                state.tags[key] = wanted

    def _mark(self, state: State, key: str, class_id: int | None, edge: float) -> None:
        self.last_region += 1
        state.regions[self.last_region] = key, class_id, edge

    def _unmark(self, state: State, number: int) -> None:
        del state.regions[number]

    def _add(self, state: State, name: str) -> None:
        self.last_class += 1
        state.classes[self.last_class] = name

    def _rename(self, state: State, class_id: int, name: str) -> None:
        state.classes[class_id] = name

    def _remove(self, state: State, class_id: int) -> None:
        self._merge(state, class_id, None)

    def _merge(self, state: State, class_id: int, into: int | None) -> None:
        del state.classes[class_id]
        for key, tag in list(state.tags.items()):
            if tag == class_id:
                self._tag(state, [key], into)
        for number, (key, own, edge) in state.regions.items():
            if own == class_id:
                state.regions[number] = key, into, edge


def state_of(project: Project) -> State:
    return State(
        {record.id: record.name for record in project.classes()},
        {**project.tags(), **dict.fromkeys(project.unsure(), UNSURE)},
        {one.id: (one.sha256, one.class_id, one.xmin) for one in project.regions()},
    )


def replayed(project: Project) -> State:
    """The state that the journal alone tells."""
    state = State()
    for entry in project.history():
        after = json.loads(entry.detail)["after"]
        number = (after or json.loads(entry.detail)["before"])["id"] if entry.action[:5] in ("class", "regio") else 0
        if entry.action.startswith("class_"):
            state.classes.pop(number, None)
            if after:
                state.classes[number] = after["name"]
        elif entry.action.startswith("region_"):
            state.regions.pop(number, None)
            if after:
                state.regions[number] = entry.sha256, after["class_id"], after["xmin"]
        else:
            state.tags.pop(entry.sha256, None)
            if after is not None:
                state.tags[entry.sha256] = after
    state.classes = dict(sorted(state.classes.items()))
    return state
