"""Puts commit and date into what hatchling builds: ``micm_desktop/resources/build.json``, which no clone holds.

The date is the commit's, or SOURCE_DATE_EPOCH where that is set, so that building twice gives the same bytes.
"""

import json
import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILE = "build.json"


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the file to the wheel, and at the top of the source archive, whose wheel tells what it holds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / FILE
        carried = root / FILE
        text = carried.read_text(encoding="utf-8") if carried.exists() else json.dumps(told(root)) + "\n"
        file.write_text(text, encoding="utf-8")
        build_data["force_include"][str(file)] = (
            FILE if self.target_name == "sdist" else f"micm_desktop/resources/{FILE}"
        )


def told(root: Path) -> dict[str, str]:
    """``commit`` (hexadecimal, with ``+`` where files differ from it) and ``date`` (ISO 8601, UTC) of the sources;
    empty where they are not known."""
    # A copy of the sources inside the clone of something else is not that clone's commit.
    top = _git(root, "rev-parse", "--show-toplevel")
    known = bool(top) and Path(top).resolve() == root.resolve()
    commit = _git(root, "rev-parse", "HEAD") if known else ""
    changed = bool(commit) and bool(_git(root, "status", "--porcelain"))
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or (_git(root, "show", "-s", "--format=%ct", "HEAD") if known else "")
    date = datetime.fromtimestamp(int(seconds), UTC).isoformat() if seconds else ""
    return {"commit": commit + "+" * changed, "date": date}


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
