"""What keeping labels safe costs: opening with the hold on a project, a backup, and tagging while one is made.

python benchmarks/safekeeping.py 10000 100000
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from micm_desktop.project.store import Project

TAGGED = 5000
ROWS = """
INSERT INTO images
(folder_id, name_on_disk, relative_path, sha256, width, height, size_bytes, modified_ns, status, message)
WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count})
SELECT 1, CAST('a/image ' || i || '.png' AS BLOB), 'a/image ' || i || '.png', printf('%064x', i), 400, 400, 100000, i,
'ok', '' FROM numbers
"""


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(folder: Path, count: int) -> str:
    """One line of figures for a project of ``count`` images, which are rows alone."""
    project = Project.open(folder)
    project.add_folder(folder)
    with project._database.write() as connection:
        connection.exec_driver_sql(ROWS.format(count=count))
    scratch = project.add_class("scratch").id
    project.tag([f"{number:064x}" for number in range(1, TAGGED)], scratch)
    project.close()
    opening = [seconds(lambda: Project.open_exclusively(folder).close()) for _ in range(5)]
    plain = [seconds(lambda: Project.open(folder).close()) for _ in range(5)]
    project = Project.open_exclusively(folder)
    backup = seconds(project.back_up)
    thread = threading.Thread(target=project.back_up)
    thread.start()
    tags: list[float] = []
    while thread.is_alive() or len(tags) < 200:
        key = f"{TAGGED + len(tags):064x}"
        tags.append(seconds(lambda key=key: project.tag([key], scratch)))
    thread.join()
    project.close()
    size = (folder / "project.sqlite").stat().st_size / 1e6
    return (
        f"{count} images, {size:.0f} MB: open and close {1000 * np.median(opening):.0f} ms with the hold,"
        f" {1000 * np.median(plain):.0f} ms without; backup {backup:.2f} s; a tag beside a backup"
        f" {1000 * np.median(tags):.1f} ms (99 %: {1000 * np.percentile(tags, 99):.1f} ms)"
    )


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as place:
            print(measure(Path(place), int(argument)), flush=True)
