"""What ``watch`` says of an image: one JSON object a line, or a line to read."""

from pathlib import Path
from typing import Any

from micm_desktop.export.watch import Watched


def watched_values(event: Watched, sort: Path | None) -> dict[str, Any]:
    """The keys that every image has; ``class`` to ``rule`` only if it was judged, ``sorted`` below ``sort`` only if it
    was put there."""
    values: dict[str, Any] = {
        "path": event.name,
        "status": "error" if event.verdict is None else "ok",
        "message": event.reason,
        "at": event.at,
    }
    if event.verdict is not None:
        values |= {
            "class": event.verdict.class_name,
            "confidence": round(event.verdict.confidence, 6),
            "unknown": int(event.verdict.unknown),
            "probabilities": [round(float(p), 6) for p in event.verdict.probabilities],
            "verdict": event.verdict.outcome.name.lower(),
            "risk": round(event.verdict.risk, 6),
            "rule": event.verdict.rule,
        }
    if event.placed is not None and sort is not None:
        values["sorted"] = event.placed.relative_to(sort).as_posix()
    return values


def watched_line(event: Watched) -> str:
    """For people."""
    if event.verdict is None:
        return f"{event.name}: not read: {event.reason}"
    rule = f", {event.verdict.rule}" if event.verdict.rule else ""
    decided = event.verdict.outcome.name.lower()
    return f"{event.name}: {decided} ({event.verdict.class_name} {event.verdict.confidence:.3f}{rule})"
