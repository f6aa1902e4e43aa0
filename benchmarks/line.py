"""What judging on the line costs: predict beside bare decoding and bare inference, watch's latency, memory, start-up.

Bare decoding reads and decodes files, bare inference gives images that are decoded already to the network's session,
and bare drawing makes heatmaps' PNG files: each once on one core, as a stage of a pipeline has it, and once on all of
them, an image a core. Inference on all is also measured as a loop alone, the runtime sharing out each image. What the
stages leave room for together is the bound of a computer on which each alone can fill all cores. predict decodes in
itself, and in processes of their own as the command does. All are measured in turn, several times, so that other
programs disturb all of them alike.

    python benchmarks/line.py rates MODEL.onnx IMAGES [--images 120] [--repeats 5] [--heatmaps]
    python benchmarks/line.py latency MODEL.onnx IMAGES [--images 300] [--present 0] [--busy 0]
    python benchmarks/line.py memory MODEL.onnx IMAGES [--counts 1000 20000]
    python benchmarks/line.py steady MODEL.onnx IMAGES [--counts 1000 20000]
    python benchmarks/line.py start MODEL.onnx
"""

import argparse
import json
import os
import queue
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.export import runtime
from micm_desktop.export.model_file import INPUT, OUTPUTS
from micm_desktop.export.pipeline import heatmap_png, judges
from micm_desktop.export.predict import PredictResult, predict_folder
from micm_desktop.images.decode import decode_by, decode_image
from micm_desktop.images.decode_processes import DecodeProcesses
from micm_desktop.images.scan import find_images
from micm_desktop.progress import JobControl

RATE = 10
COMMAND = [sys.executable, "-m", "micm_desktop"]


def rate(count: int, work: Callable[[], object]) -> tuple[float, float]:
    """Images a second, and milliseconds of processor time an image, which other programs disturb less."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return count / (time.perf_counter() - began), 1000 * (time.process_time() - used) / count


def rates(model_file: Path, images: Path, count: int, repeats: int, heatmaps: bool) -> None:
    found = list(find_images(images))
    paths = found[:: max(1, len(found) // count)][:count]
    one, own = runtime.load(model_file, threads=1), runtime.load(model_file)
    decoded = [decode_image(path) for path in paths[:40]]
    verdicts = [one.judge(image) for image in decoded]
    turns = [index % len(decoded) for index in range(len(paths))]
    cv2.setNumThreads(1)
    workers = judges()
    processes = DecodeProcesses()

    def infer(model: runtime.Model) -> Callable[[int], object]:
        session = model._backend._session  # type: ignore[attr-defined]
        return lambda index: len(session.run(list(OUTPUTS), {INPUT: decoded[index][None]}))

    def draw(index: int) -> int:
        return len(heatmap_png(decoded[index], verdicts[index]))

    def on(cores: int, work: Callable[[Any], object], items: Sequence[object]) -> Callable[[], None]:
        def whole() -> None:
            with ThreadPoolExecutor(cores) as pool:
                for _ in pool.map(work, items):
                    pass

        return whole

    def predict(decoder: DecodeProcesses | None) -> Callable[[], None]:
        def whole() -> None:
            decode_by(decoder)
            with TemporaryDirectory() as folder:
                out, heat = Path(folder) / "r.csv", Path(folder) / "heat" if heatmaps else None
                list(predict_folder(one, images, paths, out, heat, PredictResult(), JobControl()))
            decode_by(None)

        return whole

    stages = {"decoding": (lambda path: decode_image(path).shape, paths), "inference": (infer(one), turns)}
    if heatmaps:
        stages["drawing"] = draw, turns
    works = {
        f"{name}, {kind}": on(cores, *stage)
        for name, stage in stages.items()
        for kind, cores in (("one core", 1), ("all cores", workers))
    }
    works |= {"inference, shared out": on(1, infer(own), turns)}
    works |= {"predict": predict(None), "predict, decoding apart": predict(processes)}
    figures: dict[str, list[float]] = {name: [] for name in works}
    used: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(repeats):
        for name, work in works.items():
            images_a_second, processor = rate(len(paths), work)
            figures[name].append(images_a_second)
            used[name].append(processor)
    processes.close()
    height, width = decoded[0].shape[:2]
    print(f"{len(paths)} images of {width} x {height}, {workers} cores, median of {repeats}")
    for name, values in figures.items():
        print(
            f"{name:24} {statistics.median(values):8.1f} images/s  ({min(values):.1f} to {max(values):.1f})"
            f", {statistics.median(used[name]):6.1f} ms of this process's processor time"
        )
    found_rates = {name: np.array(values) for name, values in figures.items()}
    alone = {name: found_rates[f"{name}, one core"] for name in stages}
    everything = {name: found_rates[f"{name}, all cores"] for name in stages}
    everything["inference"] = np.maximum(everything["inference"], found_rates["inference, shared out"])
    room = 1 / np.sum([1 / one_rate for one_rate in everything.values()], axis=0)
    slower = np.minimum(everything["decoding"], everything["inference"])
    for name, share in (
        ("predict by the slower stage, each with one core", np.minimum(alone["decoding"], alone["inference"])),
        ("predict by the slower stage, each with all cores", slower),
        ("predict by what the stages leave room for together", room),
    ):
        told(name, found_rates["predict"] / share)
    told("that room by the slower stage, each with all cores", room / slower)
    told("predict, decoding apart, by predict", found_rates["predict, decoding apart"] / found_rates["predict"])


def told(name: str, shares: NDArray[np.float64]) -> None:
    print(f"{name}: {np.median(shares):.2f}  ({shares.min():.2f} to {shares.max():.2f})")


def latency(model_file: Path, images: Path, count: int, present: int, busy: int) -> None:
    """From the end of a file's closing to the line with its verdict, read by another process. ``busy``: programs that
    take all the processor time they get, meanwhile."""
    sources = [path.read_bytes() for path in list(find_images(images))[:50]]
    suffix = next(find_images(images)).suffix
    with TemporaryDirectory() as folder:
        inbox, out = Path(folder) / "inbox", Path(folder) / "r.csv"
        inbox.mkdir()
        for number in range(present):
            (inbox / f"earlier {number:06d}{suffix}").write_bytes(b"")
        if present:
            subprocess.run([sys.executable, "-c", MARK, model_file, inbox, out], check=True)
        command = [*COMMAND, "watch", str(model_file), str(inbox), "--out", str(out), "--json"]
        others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            started = time.perf_counter()
            lines: queue.Queue[tuple[str, float]] = queue.Queue()

            def listen(stream: object = process.stdout) -> None:
                for text in stream:  # type: ignore[attr-defined]
                    lines.put((json.loads(text)["path"], time.perf_counter()))

            threading.Thread(target=listen, daemon=True).start()
            (inbox / f"first{suffix}").write_bytes(sources[0])
            lines.get(timeout=120)
            closed: dict[str, float] = {}
            began = time.perf_counter()
            for number in range(count):
                time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
                name = f"{number:06d}{suffix}"
                data = sources[number % len(sources)]
                with (inbox / name).open("wb") as stream:
                    stream.write(data[: len(data) // 2])
                    stream.flush()
                    stream.write(data[len(data) // 2 :])
                closed[name] = time.perf_counter()
            waited = []
            for _ in range(count):
                name, heard = lines.get(timeout=120)
                waited.append(1000 * (heard - closed[name]))
            process.terminate()
            for other in others:
                other.kill()
                other.wait()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            used = (usage.ru_utime + usage.ru_stime) / (time.perf_counter() - started)
    print(f"{count} images at {RATE} a second, {present} files there before, {busy} busy programs")
    print(f"watch itself used {used:.0%} of a core")
    median, last = np.percentile(waited, [50, 99])
    print(f"closed to verdict: median {median:.0f} ms, 99th percentile {last:.0f} ms, largest {max(waited):.0f} ms")


MARK = """
import sys
from pathlib import Path
from micm_desktop import load
from micm_desktop.export.arrivals import Arrivals
from micm_desktop.export.table import error_fields
from micm_desktop.export.watch_table import WatchTable
model, inbox, out = map(Path, sys.argv[1:])
classes = load(model).info.classes
table = WatchTable(out, classes)
for arrival in Arrivals(inbox).found():
    table.append([*error_fields(arrival.shown, "", classes), str(arrival.size), arrival.modified, "", ""])
"""


def peak_mb(*arguments: object) -> tuple[float, float]:
    """Largest resident memory of a command, and its seconds."""
    began = time.perf_counter()
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return usage.ru_maxrss / 1024, time.perf_counter() - began


def memory(model_file: Path, images: Path, counts: list[int]) -> None:
    sources = list(find_images(images))[:200]
    for count in counts:
        with TemporaryDirectory(dir=images.parent if os.access(images.parent, os.W_OK) else None) as folder:
            inbox, out = Path(folder) / "inbox", Path(folder) / "r.csv"
            for number in range(count):
                target = inbox / f"{number // 1000:03d}" / f"{number:06d}{sources[0].suffix}"
                target.parent.mkdir(parents=True, exist_ok=True)
                source = sources[number % len(sources)]
                try:
                    target.hardlink_to(source)
                except OSError:
                    shutil.copy(source, target)
            predicted, took = peak_mb("predict", model_file, inbox, "--out", out)
            print(f"predict, {count} images: {predicted:.0f} MB, {took:.0f} s", flush=True)
            watched, took = peak_mb("watch", model_file, inbox, "--out", Path(folder) / "w.csv", "--once")
            print(f"watch,   {count} images: {watched:.0f} MB, {took:.0f} s", flush=True)


def steady(model_file: Path, images: Path, counts: list[int]) -> None:
    """Memory of one ``watch --move`` while images keep coming, a few at a time."""
    sources = [path.read_bytes() for path in list(find_images(images))[:50]]
    with TemporaryDirectory() as folder:
        inbox, sort = Path(folder) / "inbox", Path(folder) / "sorted"
        inbox.mkdir()
        command = [*COMMAND, "watch", str(model_file), str(inbox), "--out", str(Path(folder) / "r.csv"), "--json"]
        command += ["--sort", str(sort), "--move"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for number in range(max(counts) + 50):
                (inbox / f"{number:06d}.png").write_bytes(sources[number % len(sources)])
                if number < 50:
                    continue
                process.stdout.readline()
                if number - 49 in counts:
                    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
                    print(f"watch --move after {number - 49} images: {pages * 4096 / 2**20:.0f} MB", flush=True)
            process.terminate()
            process.stdout.read()


def start(model_file: Path) -> None:
    commands = {"import micm_desktop": [sys.executable, "-c", "import micm_desktop"]}
    for text in ("--help", "predict --help", "watch --help", "verify --help"):
        commands[text] = [*COMMAND, *text.split()]
    commands["verify MODEL"] = [*COMMAND, "verify", str(model_file)]
    for name, command in commands.items():
        seconds, processor = [], []
        for _ in range(7):
            began, used = time.perf_counter(), os.times()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - began)
            now = os.times()
            processor.append(now.children_user + now.children_system - used.children_user - used.children_system)
        print(
            f"{name:20} {statistics.median(seconds):.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})"
            f", {statistics.median(processor):.2f} s of processor time"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rates", "latency", "memory", "steady", "start"])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--images", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--heatmaps", action="store_true")
    parser.add_argument("--present", type=int, default=0)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--counts", type=int, nargs="+", default=[1000, 20_000])
    options = parser.parse_args()
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}")
    if options.what == "rates":
        rates(options.model, options.folder, options.images or 120, options.repeats, options.heatmaps)
    elif options.what == "latency":
        latency(options.model, options.folder, options.images or 300, options.present, options.busy)
    elif options.what == "memory":
        memory(options.model, options.folder, options.counts)
    elif options.what == "steady":
        steady(options.model, options.folder, options.counts)
    else:
        start(options.model)


if __name__ == "__main__":
    main()
