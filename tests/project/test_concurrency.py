"""Tagging goes on, quickly and without loss, while a scan runs in another thread."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from workbench import Workbench

from micm_desktop.progress import JobControl


def test_tagging_while_scanning(bench: Workbench) -> None:
    count = 400
    for seed in range(count):
        bench.write(f"{seed:04}.png", seed)
    project = bench.project
    project.add_folder(bench.pictures)
    scratch = project.add_class("scratch")
    failures: list[BaseException] = []
    scanned = threading.Event()

    def scan() -> None:
        try:
            for _ in project.scan(JobControl()):
                time.sleep(0.02)  # so that tags fall between its transactions
        except BaseException as error:
            failures.append(error)
        finally:
            scanned.set()

    thread = threading.Thread(target=scan)
    thread.start()
    tagged: set[str] = set()
    slowest = 0.0
    while not scanned.is_set() or len(tagged) < 20:
        sha256 = f"{len(tagged):064x}"
        started = time.monotonic()
        project.tag([sha256], scratch.id)
        slowest = max(slowest, time.monotonic() - started)
        tagged.add(sha256)
        project.images()
    thread.join()
    assert failures == []
    assert set(project.tags()) == tagged
    assert [image.status for image in project.images()] == ["ok"] * count
    assert slowest < 5


def test_many_threads_tag_at_once(bench: Workbench) -> None:
    classes = [bench.project.add_class(name).id for name in ("a", "b", "c")]
    shared = "f" * 64

    def work(worker: int) -> None:
        for step in range(15):
            bench.project.tag([f"{worker:032x}{step:032x}", shared], classes[(worker + step) % 3])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    tags = bench.project.tags()
    assert len(tags) == 6 * 15 + 1
    assert all(tags[f"{w:032x}{s:032x}"] == classes[(w + s) % 3] for w in range(6) for s in range(15))
    ids = [entry.id for entry in bench.project.history()]
    assert ids == list(range(1, len(ids) + 1))


def test_two_programs_on_one_project(bench: Workbench) -> None:
    from micm_desktop.project.store import Project

    other = Project.open(bench.project.folder)
    scratch = bench.project.add_class("scratch")
    other.tag(["a"], scratch.id)
    assert bench.project.tags() == {"a": scratch.id}
    other.close()
