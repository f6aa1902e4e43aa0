"""Several computers that share one list of work: each part is done once, and the table is that of one computer."""

import os
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from command_line import run, run_fresh, start_fresh

from micm_desktop.export import predict_shared, runtime
from micm_desktop.export.predict import PredictResult
from micm_desktop.export.shared_work import PLAN, SharedWork
from micm_desktop.images.scan import find_images
from micm_desktop.progress import JobControl, ProcessingError, UserError

SMALL_PARTS = """
import os, signal, sys
from micm_desktop.export import predict_shared
from micm_desktop.export.journal import Journal
left, real = int(sys.argv.pop(1)), Journal.add

def add(*arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*arguments)

Journal.add, predict_shared.PART = add, 5
from micm_desktop.cli import main
main()
"""
"""The command with parts of five images, and the end of the process at one of them; 0: never."""


def finished(work: SharedWork, content: bytes = b"done") -> int:
    """Take a part and do it; its number, -1 for none."""
    part = work.take()
    if part is None:
        return -1
    result = work.folder / f"{work.token}.csv"
    result.write_bytes(content)
    work.finish(part, result)
    return part.number


def test_each_part_is_taken_once_however_many_begin_at_once(tmp_path: Path) -> None:
    done: list[int] = []
    begin = threading.Barrier(8)

    def worker() -> None:
        begin.wait()
        work = SharedWork(tmp_path / "work", 60, {"model": "a"})
        begin.wait()
        while (number := finished(work)) >= 0:
            done.append(number)

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(done) == dict.fromkeys(range(60), 1)
    work = SharedWork(tmp_path / "work", 60, {"model": "a"})
    assert work.done() == 60 and work.take() is None and work.result(59).read_bytes() == b"done"
    left = {path.suffix for path in work.folder.iterdir()}
    assert left == {".done", ".json"}


def test_who_gives_no_sign_of_life_loses_the_part_and_who_does_keeps_it(tmp_path: Path) -> None:
    first, second = (SharedWork(tmp_path, 1, {}, quiet=1.0) for _ in range(2))
    part = first.take()
    assert part is not None and second.take() is None
    os.utime(part.claim, (1, 1))
    with first.alive(part):
        end = time.monotonic() + 20
        while part.claim.stat().st_mtime == 1 and time.monotonic() < end:
            time.sleep(0.01)
    assert time.time() - part.claim.stat().st_mtime < 60
    os.utime(part.claim, (1, 1))
    other = second.take()
    assert other is not None and other.number == 0 and first.take() is None
    # The first one was only slow. Both results are the same, and there is one.
    for work, mine in ((first, part), (second, other)):
        result = tmp_path / "r.csv"
        result.write_bytes(b"same")
        work.finish(mine, result)
    assert first.done() == 1 and sorted(path.name for path in tmp_path.iterdir()) == ["part-00000.done", PLAN]


def test_a_part_that_is_given_back_is_open_to_others(tmp_path: Path) -> None:
    first, second = (SharedWork(tmp_path, 1, {}) for _ in range(2))
    part = first.take()
    assert part is not None and second.take() is None
    first.give_back(part)
    assert finished(second) == 0


def test_other_work_and_a_damaged_plan_are_refused(tmp_path: Path) -> None:
    SharedWork(tmp_path, 2, {"model": "a"})
    for parts, identity in ((3, {"model": "a"}), (2, {"model": "b"})):
        with pytest.raises(UserError, match="is another"):
            SharedWork(tmp_path, parts, identity)
    (tmp_path / PLAN).write_text("[")
    with pytest.raises(UserError, match="damaged"):
        SharedWork(tmp_path, 2, {"model": "a"})


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_two_processes_do_what_a_killed_one_has_left(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    def arguments(name: str) -> tuple[str | Path, ...]:
        claim = ("--claim", tmp_path / "共有", "--claim-after", "2")
        return ("predict", model_file, labeled, *claim, "--json", "--out", tmp_path / name)

    whole = tmp_path / "whole.csv"
    assert run("predict", model_file, labeled, "--out", whole).code == 0
    killed = run_fresh("8", *arguments("killed.csv"), code=SMALL_PARTS)
    assert killed.code == -signal.SIGKILL and not (tmp_path / "killed.csv").exists()
    assert len(list((tmp_path / "共有").glob("*.done"))) == 1 and len(list((tmp_path / "共有").glob("*.taken"))) == 1
    both = [start_fresh("0", *arguments(name), code=SMALL_PARTS) for name in ("b.csv", "c.csv")]
    ended = [one.finish() for one in both]
    assert [one.code for one in ended] == [0, 0], ended
    # Five of the killed one's were done. Nothing is done twice, unless a busy computer was silent for two seconds.
    assert sum(one.values["images"] for one in ended) >= 31
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes() == whole.read_bytes()


def test_a_part_with_other_images_is_no_result(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    paths = list(find_images(labeled))[:6]
    arguments = (runtime.load(model_file), labeled, paths, tmp_path / "r.csv", None, tmp_path / "claims")
    list(predict_shared.predict_shared(*arguments, PredictResult(), JobControl(), {}))
    (part,) = (tmp_path / "claims").glob("*.done")
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([*lines[:-1], lines[-2]]))
    (tmp_path / "r.csv").unlink()
    with pytest.raises(ProcessingError, match="each of its images once"):
        list(predict_shared.predict_shared(*arguments, PredictResult(), JobControl(), {}))
    assert not (tmp_path / "r.csv").exists()
