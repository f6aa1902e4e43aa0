"""Images are decoded in processes of their own: one that crashes or hangs on a file costs that file, nothing else.

The window and the command line do so (:func:`protect`); a program that calls :func:`micm_desktop.load` decides for
itself. docs/decisions/0033-decoding-apart.md says why, and what it costs.
"""

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from micm_desktop import own_process
from micm_desktop.images import limits
from micm_desktop.images.decode import (
    Decoded,
    Examined,
    UnreadableImage,
    content_hash,
    decode_by,
    decode_here,
    examine_here,
    read_image_bytes,
)
from micm_desktop.images.decode_worker import BETWEEN, DECODE, EXAMINE, FLAG, LENGTH, READY, REQUEST, write

CRASHED: Final = "the decoder crashed on this file"
SECONDS: Final = 60.0
"""What decoding one file may take: some ten times what the largest takes on a slow computer."""
MOST: Final = 16
"""Processes; each takes some 50 MB."""
_TRIES: Final = 2
"""A process may also be ended for want of memory, or by hand: the file is tried once more by another."""
_LONGEST_TEXT: Final = 1 << 16
_PIPE_BYTES: Final = 1 << 20
_WATCH_SECONDS: Final = 0.1

_KEEPING_MEMORY: Final = {"MALLOC_TRIM_THRESHOLD_": str(64 << 20), "MALLOC_MMAP_THRESHOLD_": str(16 << 20)}
"""glibc would else give the memory of every image back to the system and ask for it again: a third of the time."""

_Answer = tuple[list[dict[str, Any]], NDArray[np.uint8]]

log = logging.getLogger(__name__)
_protecting: "DecodeProcesses | None" = None


class _Gone(Exception):
    """The process has ended, or says what it should not."""


class _TooSlow(Exception):
    """The process was ended since it took too long."""


class _NoProcess(Exception):
    """No process can be started here."""


def command() -> list[str]:
    """What starts a process."""
    return own_process.command("micm_desktop.images.decode_worker", FLAG)


def protect() -> None:
    """Decode in processes from now on, until this one ends."""
    global _protecting
    if _protecting is None:
        _protecting = DecodeProcesses()
        atexit.register(_protecting.close)
    decode_by(_protecting)


def start_ahead() -> None:
    """Where images are to be decoded in processes, start the first one in the background."""
    if _protecting is not None:
        threading.Thread(target=_protecting.start, name="decode-start", daemon=True).start()


class DecodeProcesses:
    """Processes that decode, started as they are needed. A :class:`~micm_desktop.images.decode.Decoder`, for any
    number of threads."""

    def __init__(self, started_by: list[str] | None = None, *, most: int = 0, seconds: float = SECONDS) -> None:
        """``started_by``: as :func:`command`; ``most`` at once, 0 for one for each core; ``seconds`` for one file."""
        self._command = started_by
        self._seconds = seconds
        self._turns = threading.Semaphore(most or min(MOST, max(2, os.cpu_count() or 1)))
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._watching = False
        self._alone = False

    def decode(self, data: bytes, path: Path) -> Decoded:
        """As :func:`.decode.decode_here`; the reason may also be that the decoder crashed, or took too long."""
        if not data:
            return decode_here(data, path)
        try:
            (found,), pixels = self._ask(DECODE, data)
        except _NoProcess:
            return decode_here(data, path)
        except (_Gone, _TooSlow) as problem:
            raise UnreadableImage(path, self._why(problem)) from None
        if "reason" in found:
            raise UnreadableImage(path, str(found["reason"]))
        return Decoded(pixels, found["format"], int(found["bits"]), int(found["channels"]))

    def examine(self, paths: Sequence[Path]) -> list[Examined | UnreadableImage]:
        """As :func:`.decode.examine_here`, the files being read over there too: only hash and size come back.

        Where a process crashes on several, each is tried by itself.
        """
        try:
            found, _ = self._ask(EXAMINE, BETWEEN.join(os.fsencode(path.absolute()) for path in paths), len(paths))
        except _NoProcess:
            return examine_here(paths)
        except (_Gone, _TooSlow) as problem:
            if len(paths) > 1:
                return [self.examine([path])[0] for path in paths]
            return [self._failed(paths[0], problem)]
        return [_examined(path, values) for path, values in zip(paths, found, strict=True)]

    def start(self) -> None:
        """Have one process ready. Blocks until it is."""
        try:
            self._give_back(self._take())
        except (_NoProcess, _Gone, _TooSlow):
            return

    def close(self) -> None:
        """End all processes, also those that are at work; none is started any more."""
        self._alone = True
        with self._lock:
            processes, self._all, self._idle = self._all, set(), []
        for process in processes:
            process.end()

    def _failed(self, path: Path, problem: Exception) -> Examined | UnreadableImage:
        try:
            return Examined(content_hash(read_image_bytes(path)), 0, 0, self._why(problem))
        except UnreadableImage as unreadable:
            return unreadable

    def _why(self, problem: Exception) -> str:
        if isinstance(problem, _TooSlow):
            return f"decoding this file took more than {self._seconds:.0f} seconds"
        return CRASHED

    def _ask(self, kind: int, data: bytes, files: int = 1) -> _Answer:
        for left in reversed(range(_TRIES if files == 1 else 1)):
            process = self._take()
            whole = False
            try:
                answer = process.ask(kind, data, files, self._seconds)
                whole = True
                return answer
            except _Gone:
                log.warning("A process that decodes has ended with %s", process.code())
                if not left:
                    raise
            finally:
                self._give_back(process, whole=whole)
        raise AssertionError

    def _take(self) -> "_Process":
        """An idle process, or a new one; waits while all are at work. Raises _NoProcess."""
        if self._alone:
            raise _NoProcess
        self._turns.acquire()
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="decode-watch", daemon=True).start()
        try:
            process = _Process(self._command or command())
        except OSError as problem:
            return self._go_alone(problem)
        with self._lock:
            self._all.add(process)
        try:
            process.wait_until_ready()
        except (_Gone, _TooSlow) as problem:
            self._forget(process)
            return self._go_alone(problem)
        return process

    def _go_alone(self, problem: Exception) -> "_Process":
        self._turns.release()
        self._alone = True
        log.warning("No process can be started to decode images; this one does it itself (%r)", problem)
        raise _NoProcess

    def _give_back(self, process: "_Process", *, whole: bool = True) -> None:
        if whole:
            with self._lock:
                self._idle.append(process)
        else:
            self._forget(process)
        self._turns.release()

    def _forget(self, process: "_Process") -> None:
        with self._lock:
            self._all.discard(process)
        process.end()

    def _watch(self) -> None:
        """End processes whose time is over: pipes cannot be read with a time limit on Windows."""
        while True:
            time.sleep(_WATCH_SECONDS)
            now = time.monotonic()
            with self._lock:
                late = [process for process in self._all if now > process.deadline]
            for process in late:
                process.too_slow = True
                process.kill()


def _examined(path: Path, values: dict[str, Any]) -> Examined | UnreadableImage:
    if "reason" in values:
        return UnreadableImage(path, str(values["reason"]))
    height, width = values["size"]
    return Examined(str(values["sha256"]), int(width), int(height), str(values["why"]))


class _Process:
    """One process, for one thread at a time."""

    def __init__(self, started_by: list[str]) -> None:
        self.too_slow = False
        self.deadline = time.monotonic() + SECONDS
        self._popen = subprocess.Popen(
            started_by,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_KEEPING_MEMORY},
            **own_process.apart(),
        )
        assert self._popen.stdin is not None and self._popen.stdout is not None
        self._in, self._out = self._popen.stdin, self._popen.stdout
        _widen(self._in.fileno())
        _widen(self._out.fileno())

    def wait_until_ready(self) -> None:
        """Raises _Gone, _TooSlow."""
        if bytes(self._read(len(READY))) != READY:
            raise _Gone
        self.deadline = float("inf")

    def ask(self, kind: int, data: bytes, files: int, seconds: float) -> _Answer:
        """What was found in each of ``files``, and pixels (H, W, 3). Raises _Gone, _TooSlow."""
        self.deadline = time.monotonic() + seconds
        try:
            write(self._in.fileno(), REQUEST.pack(kind, limits.megapixels(), len(data)))
            write(self._in.fileno(), data)
        except OSError:
            raise self._ended() from None
        (length,) = LENGTH.unpack(self._read(LENGTH.size))
        if length > _LONGEST_TEXT:
            raise _Gone
        pixels = np.empty((0, 0, 3), np.uint8)
        try:
            found = json.loads(bytes(self._read(length)))
            if not isinstance(found, list) or len(found) != files or not all(isinstance(one, dict) for one in found):
                raise _Gone
            if kind == DECODE and "reason" not in found[0]:
                height, width = (int(edge) for edge in found[0]["size"])
                if min(height, width) < 1 or height * width > limits.megapixels() * 1_000_000:
                    raise _Gone
                pixels = np.empty((height, width, 3), np.uint8)
                self._fill(pixels.reshape(-1).data)
        except (ValueError, KeyError, TypeError):
            raise _Gone from None
        self.deadline = float("inf")
        return found, pixels

    def code(self) -> int | None:
        return self._popen.poll()

    def kill(self) -> None:
        self._popen.kill()

    def end(self) -> None:
        """End it, now, and wait for that."""
        self._popen.kill()
        self._popen.wait()
        self._in.close()
        self._out.close()

    def _read(self, length: int) -> bytearray:
        data = bytearray(length)
        self._fill(memoryview(data))
        return data

    def _fill(self, rest: memoryview) -> None:
        while rest:
            count = self._out.readinto(rest)  # type: ignore[attr-defined]
            if not count:
                raise self._ended()
            rest = rest[count:]

    def _ended(self) -> Exception:
        return _TooSlow() if self.too_slow else _Gone()


def _widen(descriptor: int) -> None:
    """Let a pipe hold an image as cameras make them: each time it is full, two processes change places."""
    if sys.platform == "linux":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except OSError:
            return
