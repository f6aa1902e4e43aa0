"""Judge many images at once, in order and with bounded memory. Imports neither torch nor Qt.

Reading waits for drives, judging for processors, writing for drives again, so each has threads of its own. A judging
thread decodes, runs the network on that one thread, and compresses the heatmap: as many of them as there are cores
leave nothing to fight over, and only as many decoded images are in memory. Where processes of their own decode, some
threads wait for those, and two more keep the cores busy.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.explain.overlay import overlay
from micm_desktop.export.backends import usable_cores
from micm_desktop.export.journal import stamp
from micm_desktop.export.runtime import Model, Verdict
from micm_desktop.images.decode import UnreadableImage, decode_bytes, decodes_elsewhere, read_image_bytes
from micm_desktop.progress import naming

READERS, WRITERS = 4, 2
READ_AHEAD = 8
MOST_JUDGES = 16
MORE_FOR_DECODING = 2


@dataclass(frozen=True)
class Judged:
    """``verdict`` is None where ``reason`` says why there is none. ``stamp`` is of before the file was read."""

    index: int
    stamp: tuple[int, int] | None
    verdict: Verdict | None
    reason: str = ""


def judges() -> int:
    """How many images are judged at once: as many as there are cores for."""
    return min(usable_cores(), MOST_JUDGES)


def judged_in_order(
    model: Model, paths: Iterable[tuple[int, Path]], heatmap_of: Callable[[Path], Path] | None
) -> Iterator[Judged]:
    """Judge numbered images. A heatmap, where ``heatmap_of`` names its file, is written before its image is given out.

    ``model`` should run on one thread. Raises OSError where a heatmap cannot be written.
    """
    count = judges() + (MORE_FOR_DECODING if decodes_elsewhere() else 0)
    ahead = count + READ_AHEAD
    with (
        ThreadPoolExecutor(READERS) as readers,
        ThreadPoolExecutor(count) as judging,
        ThreadPoolExecutor(WRITERS) as writers,
    ):
        waiting: deque[Future[Judged]] = deque()
        try:
            for index, path in paths:
                read = readers.submit(_read, path)
                judged = judging.submit(_judge, model, index, path, read, heatmap_of is not None)
                waiting.append(writers.submit(_write, judged, path, heatmap_of))
                if len(waiting) >= ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for pool in (readers, judging, writers):
                pool.shutdown(wait=False, cancel_futures=True)


def judge_bytes(
    model: Model, data: bytes, path: Path, *, drawn: bool
) -> tuple[Verdict, bytes | None] | UnreadableImage:
    """The verdict on the content of a file, and the PNG of its heatmap if it is to be drawn; or why there is none."""
    try:
        image = decode_bytes(data, path)
        verdict = model.judge(image)
        return verdict, heatmap_png(image, verdict) if drawn else None
    except UnreadableImage as problem:
        # Not the exception itself: its traceback holds the file's content.
        return UnreadableImage(path, problem.reason)
    except Exception as problem:
        # One image that the network cannot take, as for want of memory, must not end a night's run.
        logging.getLogger(__name__).exception("%s could not be judged", path)
        return UnreadableImage(path, f"the model could not judge this image ({type(problem).__name__})")


def heatmap_png(image: npt.NDArray[np.uint8], verdict: Verdict) -> bytes:
    """The image (H, W, 3) with its heatmap over it. An unknown has no evidence to show: it is left as it is."""
    drawn = image if verdict.unknown else overlay(image, verdict.heatmap)
    _, data = cv2.imencode(".png", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
    return data.tobytes()


def _read(path: Path) -> tuple[tuple[int, int] | None, bytes | str]:
    before = stamp(path)
    try:
        return before, read_image_bytes(path)
    except UnreadableImage as problem:
        return before, problem.reason


def _judge(
    model: Model, index: int, path: Path, read: Future[tuple[tuple[int, int] | None, bytes | str]], drawn: bool
) -> tuple[Judged, bytes | None]:
    stamped, data = read.result()
    if isinstance(data, str):
        return Judged(index, stamped, None, data), None
    judged = judge_bytes(model, data, path, drawn=drawn)
    if isinstance(judged, UnreadableImage):
        return Judged(index, stamped, None, judged.reason), None
    return Judged(index, stamped, judged[0]), judged[1]


def _write(
    judged: Future[tuple[Judged, bytes | None]], path: Path, heatmap_of: Callable[[Path], Path] | None
) -> Judged:
    done, png = judged.result()
    if png is not None and heatmap_of is not None:
        file = heatmap_of(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        with naming(file):
            file.write_bytes(png)
    return done
