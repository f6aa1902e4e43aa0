"""Tries a built folder as on a computer that has nothing: no Python, no network, an empty home.

    python3 installer/try_build.py dist/micm-desktop [--screenshot window.png]
    python3 installer/try_build.py dist/micm-desktop-runtime --model MODEL.onnx --images FOLDER

The desktop program runs the sample, exports its project, judges, watches a folder, verifies and opens its window; the
runtime judges, watches and verifies. Linux only: `unshare` takes the network away and covers this Python and this
clone. Says what was done and how long it took; exit code 1 at the first thing that fails. A screenshot needs DISPLAY
and ImageMagick's `import`.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import Problem, say

CLONE = Path(__file__).resolve().parents[1]
COMMAND_SECONDS, WATCH_SECONDS, WINDOW_SECONDS = 1800.0, 120.0, 20.0
WATCHED = 3
"""Images that are put into the hot folder, one after the other."""
INSIDE = """
mount --bind "$1" "$2"; covered=$3; shift 3
IFS=:; for folder in $covered; do mount -t tmpfs none "$folder"; done; unset IFS
exec "$@"
"""


@dataclass(frozen=True)
class Bare:
    """The program of ``folder`` in a ``place`` whose name has a space and Japanese letters, as users' folders do."""

    folder: Path
    place: Path

    def start(self, arguments: Sequence[str | Path], **variables: str) -> "subprocess.Popen[str]":
        """The program, running with these arguments and no variables but these and its home."""
        program = self.place / "program"
        program.mkdir(exist_ok=True)
        pythons = {Path(sys.prefix), Path(sys.base_prefix), Path("/usr/local"), *Path("/usr/lib").glob("python3*")}
        hidden = {*pythons, CLONE}
        # What lies in another one, as the clone's environment, is gone with that.
        outermost = [path for path in sorted(hidden) if not hidden & set(path.parents)]
        covered = [path for path in outermost if path.is_dir() and not self.place.is_relative_to(path)]
        kept = {name: os.environ[name] for name in ("OMP_NUM_THREADS",) if name in os.environ}
        given = [f"{key}={value}" for key, value in {"HOME": str(self.place / "home"), **kept, **variables}.items()]
        return subprocess.Popen(
            [
                *("unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-ec", INSIDE, "sh"),
                *(str(self.folder), str(program), ":".join(map(str, covered))),
                *("/usr/bin/env", "-i", *given, str(program / "micm-desktop"), *map(str, arguments)),
            ],
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
        """Run a command with ``--json`` to its end and return its values. Raises :class:`Problem` where it ends with
        another exit code than ``code``."""
        started = time.monotonic()
        with self.start([*arguments, "--json"]) as running:
            out, errors = running.communicate(timeout=COMMAND_SECONDS)
        words = " ".join(map(str, arguments)).replace(str(self.place), "…")
        if running.returncode != code:
            raise Problem(f"{words}: exit code {running.returncode}, not {code}\n{out}{errors}", exit_code=1)
        say(f"{time.monotonic() - started:6.1f} s  {words}")
        values: dict[str, Any] = json.loads(out.splitlines()[-1]) if code == 0 else {"told": errors}
        return values

    def watch(self, model: Path, images: Path) -> None:
        """Put images into a hot folder, each once the one before was judged, and stop watching as Ctrl+C does. Raises
        :class:`Problem` where one is not judged, or in the table."""
        hot, table, started = self.place / "投入", self.place / "判定.csv", time.monotonic()
        hot.mkdir()
        told: list[str] = []
        with self.start(["watch", model, hot, "--out", table, "--json"]) as running:
            # A program that says nothing would hold this one up.
            late = threading.Timer(WATCH_SECONDS, running.kill)
            late.start()
            assert running.stdout is not None
            for image in [path for path in sorted(images.rglob("*")) if path.suffix in (".png", ".jpg")][:WATCHED]:
                shutil.copy(image, hot / f"{len(told)}{image.suffix}")
                told.append(running.stdout.readline())
            late.cancel()
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate(timeout=COMMAND_SECONDS)
        judged = sum('"status": "ok"' in line for line in told)
        rows = table.read_text(encoding="utf-8-sig").splitlines() if table.exists() else []
        if running.returncode or not judged == len(rows) - 1 == WATCHED:
            raise Problem("\n".join([f"watch ended with {running.returncode}", *told, *rows, errors]), exit_code=1)
        say(f"{time.monotonic() - started:6.1f} s  watch: {judged} images judged as they came, ended by Ctrl+C")

    def open_window(self, project: Path, screenshot: Path | None) -> None:
        """Open the window on a project, look at it, and close it as Ctrl+C does. Raises :class:`Problem` where it does
        not stay open, does not close, or logs an error."""
        on_screen = {name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY") if os.environ.get(name)}
        with self.start(["gui", project], **(on_screen if screenshot else {"QT_QPA_PLATFORM": "offscreen"})) as window:
            time.sleep(WINDOW_SECONDS)
            if screenshot is not None:
                subprocess.run(["import", "-window", "root", str(screenshot)], check=True)
            if window.poll() is None:
                window.send_signal(signal.SIGINT)
            _, errors = window.communicate(timeout=COMMAND_SECONDS)
        log = self.place / "home" / ".local" / "state" / "micm-desktop" / "log" / "micm-desktop.log"
        lines = log.read_text(encoding="utf-8").splitlines()
        wrong = [line for line in lines if " ERROR " in line or " CRITICAL " in line]
        if window.returncode or wrong:
            raise Problem("\n".join([f"the window ended with {window.returncode}", errors, *wrong]), exit_code=1)
        say(f"{WINDOW_SECONDS:6.1f} s  window on {'the screen' if screenshot else 'no screen'}, closed by Ctrl+C")


def main(arguments: Sequence[str]) -> int:
    """Try what the folder is for; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, help="model file for the runtime")
    parser.add_argument("--images", type=Path, help="folder of images for it")
    parser.add_argument("--screenshot", type=Path, help="photograph the screen with the window on it")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="MICM 試用 ") as name:
        bare = Bare(asked.folder.resolve(), Path(name))
        (bare.place / "home").mkdir()
        try:
            told = bare.run("info")
            say(f"          {told['version']}, commit {told['commit'] or 'unknown'}, {told['built'] or 'date unknown'}")
            if asked.model is not None:
                try_runtime(bare, asked.model.resolve(), asked.images.resolve())
            else:
                try_desktop(bare, asked.screenshot)
            reported = list(bare.place.rglob("*onnxruntime*"))
            _expect(not reported, f"onnxruntime keeps an identifier for its maker: {reported}")
        except Problem as problem:
            say(str(problem))
            return problem.exit_code
    return 0


def try_runtime(bare: Bare, model: Path, images: Path) -> None:
    """Judge, verify, and refuse what needs the desktop program."""
    judged = bare.run("predict", model, images, "--out", bare.place / "結果.csv", "--heatmaps", bare.place / "heat")
    _expect(judged["images"] > 0 and judged["failed"] == 0, judged)
    bare.watch(model, images)
    verified = bare.run("verify", model)
    _expect(verified["ok"] is True, verified)
    refused = bare.run("evaluate", images, code=2)
    _expect("MICM Desktop itself" in refused["told"], refused)


def try_desktop(bare: Bare, screenshot: Path | None) -> None:
    """The whole job: sample, export, judging, verifying, window."""
    sample = bare.place / "見本"
    shown = bare.run("demo", "--headless", "--out", sample)
    _expect(shown["accuracy"] > 0.5, shown)
    model = bare.place / "model.onnx"
    bare.run("export", sample / "project", "--out", model)
    judged = bare.run("predict", model, sample / "images", "--out", bare.place / "結果.csv")
    _expect(judged["failed"] == 0, judged)
    bare.watch(model, sample / "images")
    _expect(bare.run("verify", model)["ok"] is True, model)
    bare.run("inventory", sample / "images", "--html", bare.place / "inventory.html")
    bare.open_window(sample / "project", None)
    if screenshot is not None:
        bare.open_window(sample / "project", screenshot)


def _expect(true: bool, told: object) -> None:
    if not true:
        raise Problem(f"not as expected: {told}", exit_code=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
