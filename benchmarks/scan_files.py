"""Scanning folders whose files are all different: made for it, scanned twice, and deleted; part of scale.py."""

import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

PER_FOLDER, SIDE, SEED = 1000, 64, 7


def make_files(folder: Path, count: int) -> None:
    """``count`` grey PNG files of 64x64 pixels, 1 to 4 KB each, no two alike, a thousand a folder."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(SEED)
    surface = rng.normal(128, 6, (512, 512)).clip(0, 255).astype(np.uint8)
    surface = np.concatenate([surface, surface], axis=1)
    surface = np.concatenate([surface, surface], axis=0)
    for number in range(count):
        below = folder / f"lot_{number // PER_FOLDER:04d}"
        if number % PER_FOLDER == 0:
            below.mkdir(parents=True)
        x, y = number % 512, number // 512 % 512
        picture = np.ascontiguousarray(surface[y : y + SIDE, x : x + SIDE])
        # Shifts of the surface come back after 512 x 512: the number itself is in the first pixels, too.
        picture[0, :4] = np.frombuffer(number.to_bytes(4, "little"), np.uint8)
        (below / f"part_{number:07d}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    forget(folder)


def forget(folder: Path) -> None:
    """Have the system read the files from the disk: of few it would still know all content, of a million not."""
    os.sync()
    for file in folder.rglob("*.png"):
        descriptor = os.open(file, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def helpers() -> list[Path]:
    """The processes that this one has started, below /proc."""
    told = (file.read_text().split() for file in Path("/proc/self/task").glob("*/children"))
    return [Path("/proc", number) for numbers in told for number in numbers]


def measure(folder: Path) -> None:
    """First scan and re-scan of ``folder`` in a project of its own, decoding apart as the window does; prints JSON."""
    from micm_desktop.images import decode_processes
    from micm_desktop.labeling import Labeling
    from micm_desktop.progress import JobControl

    decode_processes.protect()
    found: dict[str, Any] = {}
    project = folder.with_name(f"{folder.name}-project")
    labeling = Labeling.open(project)
    labeling.project.add_folder(folder)

    def computed() -> float:
        # Fields 14 and 15 of /proc/PID/stat, of which the second may hold blanks.
        fields = ((helper / "stat").read_text().rpartition(")")[2].split() for helper in helpers())
        ticks = sum(int(one[11]) + int(one[12]) for one in fields)
        return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")

    def work(name: str) -> None:
        began, cpu = time.perf_counter(), computed()
        for _ in labeling.scan(JobControl()):
            pass
        found[name] = time.perf_counter() - began
        found[f"{name}_cpu"] = computed() - cpu
        found[f"{name}_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

    work("scan")
    resident = (int((helper / "status").read_text().split("VmRSS:")[1].split()[0]) for helper in helpers())
    found["helpers_gib"] = sum(resident) / 2**20
    work("rescan")
    labeling.refresh()
    images = labeling.images
    assert all(image.status == "ok" for image in images) and len({image.sha256 for image in images}) == len(images)
    found |= {"images": len(images), "mb": sum(image.size_bytes for image in images) / 1e6}
    found["database_mb"] = (project / "project.sqlite").stat().st_size / 1e6
    labeling.close()
    shutil.rmtree(project)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    command, place, *rest = sys.argv[1:]
    if command == "make":
        make_files(Path(place), int(rest[0]))
    else:
        measure(Path(place))
        os._exit(0)
