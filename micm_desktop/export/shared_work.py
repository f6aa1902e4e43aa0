"""A list of work in a folder that several computers see, without a server. Imports neither torch nor Qt.

Each part of the work is one file, whose name says what became of it:

    part-00007.open                nobody has it
    part-00007.<token>.taken       somebody does, who touches it now and then
    part-00007.done                the result

A part is taken, and taken over from somebody who gives no sign of life, by renaming its file: a file system lets only
one of two do that. A result appears whole, by renaming too; so where a part was done twice, because somebody thought
dead came back, it is still there once.
"""

import json
import os
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micm_desktop.progress import UserError

BEAT = 5.0
"""Seconds between two signs of life."""
QUIET = 60.0
"""Seconds without one after which a part is taken over."""
PLAN = "plan.json"


@dataclass(frozen=True)
class Part:
    """A part that was taken: ``claim`` is its file, while it is ours."""

    number: int
    claim: Path


class SharedWork:
    """``parts`` numbered parts of the work that ``identity`` describes, in ``folder``."""

    def __init__(self, folder: Path, parts: int, identity: Mapping[str, Any], quiet: float = QUIET) -> None:
        """Join the work, or begin it where there is none. Raises UserError where what is there is other work, and
        OSError where the folder cannot be written."""
        self.folder = folder
        self.parts = parts
        self._quiet = quiet
        self.token = uuid.uuid4().hex[:12]
        folder.mkdir(parents=True, exist_ok=True)
        plan = dict(identity) | {"parts": parts}
        # The parts first, then the plan: whoever finds a plan finds all parts.
        if not self._plan():
            for number in range(parts):
                if not self.result(number).exists():
                    self._open(number).touch()
            new = folder / f"{PLAN}.{self.token}"
            new.write_text(json.dumps(plan), "utf-8")
            # Of several that begin at once the first one's plan stays: a link, unlike a rename, replaces nothing.
            try:
                os.link(new, folder / PLAN)
            except FileExistsError:
                pass
            except OSError:  # a drive that knows no links
                if not (folder / PLAN).exists():
                    os.replace(new, folder / PLAN)  # noqa: PTH105
            new.unlink(missing_ok=True)
        there = self._plan()
        different = sorted(key for key in plan.keys() | there.keys() if there.get(key) != plan.get(key))
        if different:
            raise UserError(
                f"The work in {folder} is another: what differs is {', '.join(different)}. Give all computers the same"
                " files and version of this program, or name another folder."
            )

    def take(self) -> Part | None:
        """A part that is ours from now on: an open one, or one whose owner gives no sign of life; None where there is
        none now. Raises OSError."""
        files = [(*_parsed(name), name) for name in sorted(os.listdir(self.folder))]  # noqa: PTH208
        done = {number for number, state, _ in files if state == "done"} | {-1}
        now = None
        for number, state, name in files:
            if number in done:
                continue
            if state != "open":
                now = self._now() if now is None else now
                if not self._is_quiet(name, now):
                    continue
            claim = self._claim(number)
            with suppress(OSError):
                os.rename(self.folder / name, claim)  # noqa: PTH104
            # A network drive may say that a renaming failed which it has done.
            if claim.exists():
                _touch(claim)
                return Part(number, claim)
        return None

    @contextmanager
    def alive(self, part: Part) -> Iterator[None]:
        """Give signs of life meanwhile."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(min(BEAT, self._quiet / 4)):
                with suppress(OSError):
                    _touch(part.claim)

        thread = threading.Thread(target=beat, name="claim", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def finish(self, part: Part, result: Path) -> None:
        """Give the file ``result``, in the same folder, as what came of a part. Raises OSError."""
        result.replace(self.result(part.number))
        part.claim.unlink(missing_ok=True)

    def give_back(self, part: Part) -> None:
        """Let somebody else do it."""
        with suppress(OSError):
            part.claim.rename(self._open(part.number))

    def take_again(self, number: int) -> Part | None:
        """Take a part whose result is no good; None where somebody else has it by now."""
        claim = self._claim(number)
        with suppress(OSError):
            self.result(number).rename(claim)
        if not claim.exists():
            return None
        _touch(claim)
        return Part(number, claim)

    def finished(self) -> set[int]:
        """The parts that have their result. Raises OSError."""
        parsed = (_parsed(name) for name in os.listdir(self.folder))  # noqa: PTH208
        return {number for number, state in parsed if state == "done"}

    def done(self) -> int:
        """How many these are. Raises OSError."""
        return len(self.finished())

    def result(self, number: int) -> Path:
        """The file with what came of a part."""
        return self.folder / f"part-{number:05}.done"

    def wait(self) -> None:
        """A moment, for others to go on."""
        time.sleep(min(1.0, self._quiet / 4))

    def _is_quiet(self, name: str, now: float) -> bool:
        try:
            return now - (self.folder / name).stat().st_mtime > self._quiet
        except OSError:
            return False

    def _now(self) -> float:
        """The time by the clock of the drive: the computers' own may differ."""
        probe = self.folder / f"clock.{self.token}"
        try:
            probe.write_bytes(b"")
            return probe.stat().st_mtime
        finally:
            probe.unlink(missing_ok=True)

    def _plan(self) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / PLAN).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise UserError(f"{self.folder / PLAN} is damaged. Delete the folder {self.folder}, or name another one.")
        return found

    def _open(self, number: int) -> Path:
        return self.folder / f"part-{number:05}.open"

    def _claim(self, number: int) -> Path:
        return self.folder / f"part-{number:05}.{self.token}.taken"


def _touch(claim: Path) -> None:
    """Set the time of a file by the drive's clock, which writing does; not where it has another name by now."""
    with claim.open("r+b") as stream:
        stream.write(b".")


def _parsed(name: str) -> tuple[int, str]:
    """The number of a part and what its file says; -1 for other files."""
    pieces = name.split(".")
    state = pieces[-1]
    number = pieces[0].removeprefix("part-")
    fits = pieces[0].startswith("part-") and number.isdigit() and state in ("open", "taken", "done")
    return (int(number), state) if fits else (-1, "")
