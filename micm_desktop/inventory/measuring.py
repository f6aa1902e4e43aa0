"""All images of a folder, measured in threads. What was measured is kept: a second run only reads what is new."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from io import SEEK_END, RawIOBase
from itertools import islice
from pathlib import Path
from typing import Final

from micm_desktop.images.decode import UnreadableImage
from micm_desktop.images.scan import readable, relative_name
from micm_desktop.inventory.measures import VERSION, ImageMeasures, measure_image
from micm_desktop.progress import JobControl, Progress

THREADS: Final = 2
READ_AHEAD: Final = 8


@dataclass(frozen=True)
class MeasuredImages:
    """What was measured of the readable images, their ``files``, and the others with their reasons; all in the order of
    the paths."""

    measures: tuple[ImageMeasures, ...]
    files: tuple[Path, ...]
    unreadable: tuple[UnreadableImage, ...]


def cache_file(root: Path, folder: Path) -> Path:
    """Where the measures of the images below ``root`` are kept in ``folder``."""
    return folder / f"{sha256(str(root.resolve()).encode('utf-8', 'surrogateescape')).hexdigest()[:16]}-{VERSION}.jsonl"


def measure_images(
    root: Path, paths: Sequence[Path], cache: Path, control: JobControl
) -> Iterator[Progress | MeasuredImages]:
    """Measure ``paths``, named as below ``root`` where they are. An image is not read again while its size and time
    stay the same.

    Raises Cancelled, and OSError where ``cache`` cannot be written; what was measured until then is kept.
    """
    known = _read(cache)
    _end_last_line(cache)
    measures: list[ImageMeasures] = []
    files: list[Path] = []
    unreadable: list[UnreadableImage] = []
    cache.parent.mkdir(parents=True, exist_ok=True)
    # Unbuffered: a line is one write at the end of the file, which two processes may do at once.
    with cache.open("ab", buffering=0) as stream, ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[tuple[str, ImageMeasures | UnreadableImage]]] = deque()
        upcoming = iter(paths)
        for path in islice(upcoming, READ_AHEAD):
            waiting.append(pool.submit(_measured, path, root, known))
        for done, measured in enumerate(paths, start=1):
            control.safe_point()
            key, found = waiting.popleft().result()
            for path in islice(upcoming, 1):
                waiting.append(pool.submit(_measured, path, root, known))
            if isinstance(found, UnreadableImage):
                unreadable.append(found)
            else:
                measures.append(found)
                files.append(measured)
                if key not in known:
                    _write(stream, key, found)
            yield Progress(done, len(paths))
    yield MeasuredImages(tuple(measures), tuple(files), tuple(unreadable))


def shown_name(path: Path, root: Path) -> str:
    """The name of ``path`` below ``root``; the whole path where it lies elsewhere."""
    try:
        return relative_name(path, root)
    except ValueError:
        return readable(path.as_posix())


def _measured(path: Path, root: Path, known: dict[str, ImageMeasures]) -> tuple[str, ImageMeasures | UnreadableImage]:
    name = shown_name(path, root)
    try:
        status = path.stat()
    except OSError as problem:
        return "", UnreadableImage(path, f"the file could not be read ({problem.strerror})")
    key = f"{status.st_size} {status.st_mtime_ns} {name}"
    if key in known:
        return key, known[key]
    try:
        return key, replace(measure_image(path, name), modified=status.st_mtime)
    except UnreadableImage as problem:
        return key, problem


def _read(cache: Path) -> dict[str, ImageMeasures]:
    found: dict[str, ImageMeasures] = {}
    if cache.exists():
        for line in cache.read_text(encoding="utf-8", errors="replace").splitlines():
            # A line that was cut off, or edited by somebody, is measured again.
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                values = json.loads(line)
                key = values.pop("key")
                found[str(key)] = ImageMeasures(**values)
    return found


def _end_last_line(cache: Path) -> None:
    """A line that somebody was killed in ends, so that the next one does not go on in it."""
    if cache.exists():
        with cache.open("rb+") as stream:
            if stream.seek(0, SEEK_END) and stream.seek(-1, SEEK_END) and stream.read(1) != b"\n":
                stream.write(b"\n")


def _write(stream: RawIOBase, key: str, measures: ImageMeasures) -> None:
    line = json.dumps({"key": key} | asdict(measures), ensure_ascii=False)
    stream.write(f"{line}\n".encode("utf-8", "surrogatepass"))
