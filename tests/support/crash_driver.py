"""A process that works on a project and may be killed at any moment.

It reads orders, one JSON object a line, and forks for each, so that what is imported once serves hundreds of lives. A
life says what it begins and, after the call has returned, that it is done; each line is one write to a pipe.
"""

import json
import os
import random
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project import label_file, network
from micm_desktop.project.label_exchange import write_text
from micm_desktop.project.records import UNSURE
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

CONTENTS = [f"{number:064x}" for number in range(12)]
SIZE = 7


def say(**values: Any) -> None:
    os.write(1, (json.dumps(values) + "\n").encode())


def label(order: dict[str, Any]) -> None:
    """Tag, mark, undo, redo, rename, add, merge and remove classes, write backups, label files and features."""
    chance = random.Random(order["seed"])
    project = Project.open_exclusively(Path(order["project"]))
    say(ready=project.holder is None)
    store = FeatureStore(project.folder / "features" / "driver", SIZE)
    while True:
        action = _chosen(project, chance)
        if action is not None:
            words, act = action
            say(begin=words)
            act()
            say(done=True)
        if chance.random() < 0.05:
            write_text(project.folder / "labels.csv", label_file.to_text(project.label_lines()))
        if chance.random() < 0.03:
            project.back_up()
        if chance.random() < 0.2:
            number = chance.randrange(10_000)
            store.append([f"{number:064x}"], np.full((1, SIZE), number, np.float32))


def _chosen(project: Project, chance: random.Random) -> tuple[list[Any], Callable[[], object]] | None:
    """An action in words, as the model understands it, and the call that does it; None where there is nothing."""
    classes = [record.id for record in project.classes()]
    kind = chance.choices(
        ("tag", "mark", "unmark", "undo", "redo", "add", "rename", "remove", "merge"), (40, 10, 5, 15, 8, 5, 5, 2, 2)
    )[0]
    keys = chance.sample(CONTENTS, chance.randint(1, 5))
    if kind == "tag" and classes:
        wanted = chance.choice([*classes, None, UNSURE])
        return [kind, keys, wanted], lambda: project.tag(keys, wanted)
    if kind == "mark":
        class_id = chance.choice([*classes, None])
        edge = chance.randrange(50)
        return [kind, keys[0], class_id, edge], lambda: project.add_region(keys[0], class_id, edge, 1, edge + 2, 3)
    if kind == "unmark" and (regions := project.regions()):
        number = chance.choice(regions).id
        return [kind, number], lambda: project.remove_region(number)
    if kind == "undo" and (done := replay(project.steps())[0]):
        return [kind], lambda: project.take_back(done[-1].latest)
    if kind == "redo" and (undone := replay(project.steps())[1]):
        return [kind], lambda: project.take_back(undone[-1].latest)
    if kind == "add" and len(classes) < 6:
        name = f"class {chance.randrange(10**9)}"
        return [kind, name], lambda: project.add_class(name)
    if kind == "rename" and classes:
        class_id, name = chance.choice(classes), f"class {chance.randrange(10**9)}"
        return [kind, class_id, name], lambda: project.change_class(class_id, name=name)
    if kind in ("remove", "merge") and len(classes) > 2:
        class_id, into = chance.sample(classes, 2)
        if kind == "remove":
            return [kind, class_id], lambda: project.remove_class(class_id)
        return [kind, class_id, into], lambda: project.merge_class(class_id, into)
    return None


def fill(order: dict[str, Any]) -> None:
    """Tag until the disk is full, again and again; then there is room, and work goes on."""
    project = Project.open_exclusively(Path(order["project"]))
    scratch = project.add_class("scratch").id
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    step = 0
    for room in order["room"]:
        sizes = [file.stat().st_size for file in project.folder.glob("project.sqlite*") if file.suffix != ".sqlite-shm"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes) + room, hard))
        try:
            while True:
                keys = [f"{step:060x}{number:04x}" for number in range(30)]
                step += 1
                say(begin=["tag", keys, scratch])
                project.tag(keys, scratch)
                say(done=True)
        except UserError as error:
            say(failed=str(error))
        try:
            project.back_up()
        except UserError as error:
            say(no_backup=str(error))
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    keys = ["f" * 64]
    say(begin=["tag", keys, scratch])
    project.tag(keys, scratch)
    say(done=True)
    project.close()


def drive(order: dict[str, Any]) -> None:
    """Tag on a folder that is said to be a network drive, while it is written back without a pause; or once, and end
    between sending that and noting that it was done."""
    cache = Path(order["cache"])
    network.kind_of = lambda _folder: "nfs4"
    network.cache_folder = lambda: cache
    network.SETTLE = 600.0 if order["at_the_gap"] else 0.0
    project = Project.open_exclusively(Path(order["project"]))
    copy = project.working_copy
    assert copy is not None
    say(told=copy.told)
    send = network._send

    def sent_and_killed(*arguments: Any) -> None:
        send(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    scratch = next(iter(project.classes()), None) or project.add_class("scratch")
    while True:
        keys = [f"{len(project.tags()):064x}"]
        say(begin=keys)
        project.tag(keys, scratch.id)
        say(done=True)
        if order["at_the_gap"]:
            network._send = sent_and_killed
            copy.write_back()


def export(order: dict[str, Any]) -> None:
    """Write the model file over and over."""
    from micm_desktop.labeling import Labeling

    while True:
        labeling = Labeling(Project.look_into(Path(order["project"])))
        labeling.load_features()
        for _ in labeling.export(Path(order["out"]), JobControl()):
            pass
        labeling.close()
        say(done=True)


def pretrain(order: dict[str, Any]) -> None:
    """Pretrain for a moment, over and over; each finished run is registered."""
    from tiny_micm import tiny_run

    from micm_desktop.labeling import Labeling

    while True:
        labeling = Labeling(Project.open_exclusively(Path(order["project"])))
        for event in labeling.pretrain(
            tiny_run(epochs=1, checkpoint_seconds=0.01), JobControl(), resume=labeling.can_resume()
        ):
            say(event=type(event).__name__)
        labeling.close()
        say(done=True)


def main() -> None:
    if "torch" in sys.argv:
        import micm_desktop.labeling.workspace
        import micm_desktop.micm.trainer  # noqa: F401
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            try:
                {"label": label, "fill": fill, "drive": drive, "export": export, "pretrain": pretrain}[order["kind"]](
                    order
                )
            except BaseException as error:
                say(error=f"{type(error).__name__}: {error}")
            finally:
                os._exit(0)
        say(pid=pid)
        _, status = os.waitpid(pid, 0)
        say(ended=status)


if __name__ == "__main__":
    main()
