"""How long the inventory of many images takes without features, beside reading and decoding them alone.

Makes the images once, then measures: bare decoding of a part of them before and after, in as many threads; the
inventory with an empty cache; one where nothing has changed; and one that is interrupted half way and taken up again.
Processor time tells more than the clock where other programs run: two idle cores take half of it.

    python benchmarks/inventory.py --images 10000 --folder /tmp/inventory-images
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from micm_desktop.images.decode import decode_image
from micm_desktop.images.samples import render_varied_surface
from micm_desktop.images.scan import find_images
from micm_desktop.inventory.measuring import THREADS
from micm_desktop.inventory.taking import take_inventory
from micm_desktop.progress import Cancelled, JobControl, Progress

SURFACES = 40
DECODED = 400


def make_images(folder: Path, count: int, width: int, height: int) -> None:
    """``count`` JPEG files, each a moved, differently lit and noisy view of one of some generated surfaces."""
    folder.mkdir(parents=True, exist_ok=True)
    surfaces: dict[int, np.ndarray] = {}
    for number in range(count):
        file = folder / f"{number // 1000:03d}" / f"{number:06d}.jpg"
        if file.exists():
            continue
        rng = np.random.default_rng([5, number])
        base = number % SURFACES
        if base not in surfaces:
            surfaces[base] = render_varied_surface(np.random.default_rng([4, base]), size=width + 64)
        left, top = rng.integers(64), rng.integers(width + 64 - height)
        view = surfaces[base][top : top + height, left : left + width] * rng.uniform(0.8, 1.1)
        view = view + rng.normal(0, 4, (height, width, 1))
        file.parent.mkdir(exist_ok=True)
        pixels = np.clip(view[:, :, ::-1], 0, 255).astype(np.uint8)
        file.write_bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())


def decode_rate(paths: list[Path]) -> float:
    """Images a second that are read and decoded, and nothing else."""
    some = paths[:: max(1, len(paths) // DECODED)]
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(decode_image, some):
            pass
    return len(some) / (time.perf_counter() - began)


def seconds(folder: Path, cache: Path, stop_at: float = 1.0) -> float:
    """How long an inventory takes, or its beginning up to a share of the images."""
    control, began = JobControl(), time.perf_counter()
    try:
        for event in take_inventory(folder, None, cache, control):
            if isinstance(event, Progress) and event.text == "measure" and event.done / event.total >= stop_at < 1:
                control.cancel()
    except Cancelled:
        pass
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/inventory-images"))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    width, height = map(int, args.size.split("x"))
    make_images(args.folder, args.images, width, height)
    paths = list(find_images(args.folder))
    print(f"{len(paths):,} JPEG images of {width} x {height}, {THREADS} threads")
    print(f"{'':<34}{'seconds':>9}{'CPU s':>7}{'images/s':>10}{'decoding alone':>16}{'ratio':>7}")
    with TemporaryDirectory() as cache:

        def row(name: str, stop_at: float = 1.0, share: float = 1.0, file: str = "cold") -> None:
            before = decode_rate(paths)
            cpu = time.process_time()
            taken = seconds(args.folder, Path(cache) / f"{file}.jsonl", stop_at)
            cpu = time.process_time() - cpu
            decoded = (before + decode_rate(paths)) / 2
            rate = share * len(paths) / taken
            print(f"{name:<34}{taken:9.1f}{cpu:7.0f}{rate:10.0f}{decoded:16.0f}{rate / decoded:7.2f}", flush=True)

        row("nothing known yet")
        row("nothing changed since")
        row("interrupted half way", 0.5, 0.5, "stopped")
        row("taken up again, the other half", 1.0, 0.5, "stopped")


if __name__ == "__main__":
    main()
